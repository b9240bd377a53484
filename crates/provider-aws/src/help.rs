//! What to do about the errors that a person can do something about.

/// The way out for an error code, where there is more to say than the service does.
pub(crate) fn help(code: &str) -> Option<&'static str> {
    Some(match code {
        "ConflictingDomainExists" => {
            "the network already answers for this name in another zone: take it out of that zone first, or leave it out of this one"
        }
        "DelegationSetNotAvailable" | "DelegationSetNotReusable" => {
            "Route 53 has no name servers left for this name: ask AWS Support, or adopt the zone that exists"
        }
        "HostedZoneAlreadyExists" => {
            "a zone was made with the same caller reference before: it is looked up and adopted by the next run"
        }
        "HealthCheckAlreadyExists" => {
            "a health check with other settings was made with the same caller reference: plan again"
        }
        "HostedZoneNotEmpty" => {
            "records that are not ours are still in the zone: remove them or let the zone be (`lifecycle.deletion: orphan`)"
        }
        "HostedZoneNotPrivate" => "networks can be associated with private zones only",
        "TooManyHostedZones" => "the account's limit is reached: remove zones or ask AWS for more",
        "TooManyHealthChecks" => "the account's limit is reached: remove health checks or ask AWS for more",
        "LimitsExceeded" | "TooManyVPCAssociationAuthorizations" => {
            "a limit of the account is reached: ask AWS for more"
        }
        "InvalidDomainName" => "Route 53 does not take this name for a zone",
        "InvalidVPCId" => "no such network in that region that these credentials can see",
        "LastVPCAssociation" => "a private zone keeps at least one network: delete the zone instead",
        "PublicZoneVPCAssociation" => "a public zone cannot have networks: make a private one",
        "VPCAssociationNotFound" => "the network is not associated with the zone any more: plan again",
        "NoSuchHostedZone" => "the zone is gone or in another account: plan again",
        "NoSuchHealthCheck" => "the health check is gone: plan again",
        "HealthCheckVersionMismatch" => "somebody else changed the health check meanwhile: plan again",
        "HealthCheckInUse" => "records still use the health check: they must go first",
        "InvalidChangeBatch" => {
            "the record set moved since it was read, or conflicts with another one: plan again"
        }
        "ResourceInUseException" => {
            "something still uses it: move that over first; what replaced it is there already where it was replaced"
        }
        "LimitExceededException" => {
            "a quota of certificates, or of names in one, is reached: ask AWS for more, or make two certificates"
        }
        "InvalidDomainValidationOptionsException" => "ACM does not take these names: plan again",
        "VpcLimitExceeded"
        | "SubnetLimitExceeded"
        | "AddressLimitExceeded"
        | "NatGatewayLimitExceeded"
        | "RouteTableLimitExceeded"
        | "RouteLimitExceeded"
        | "InternetGatewayLimitExceeded"
        | "SecurityGroupLimitExceeded"
        | "RulesPerSecurityGroupLimitExceeded"
        | "PrefixListMaxEntriesExceeded" => {
            "a limit of the account in this region is reached: remove what is not needed or ask AWS for more"
        }
        "InvalidPermission.Duplicate" => "somebody made the same rule meanwhile: plan again",
        "InvalidGroup.Duplicate" => "somebody made a group of this name meanwhile: plan again",
        "InvalidSubnet.Conflict" => "the block overlaps another subnet of the network: plan again",
        "RouteAlreadyExists" => "somebody made a route to the same destination meanwhile: plan again",
        "FlowLogAlreadyExists" => "the network is logged to the same place already: plan again",
        "PrefixListVersionMismatch" => "somebody else changed the list meanwhile: plan again",
        "ResourceAlreadyExistsException" => "there is one of this name already: plan again, and adopt it",
        _ => return None,
    })
}
