//! The names of the types.

use aplomo_core::TypeName;

/// A network.
pub const VPC: TypeName = TypeName::known("aws.ec2.Vpc");
/// A subnet.
pub const SUBNET: TypeName = TypeName::known("aws.ec2.Subnet");
/// An internet gateway.
pub const INTERNET_GATEWAY: TypeName = TypeName::known("aws.ec2.InternetGateway");
/// A public address.
pub const ELASTIC_IP: TypeName = TypeName::known("aws.ec2.ElasticIp");
/// A NAT gateway.
pub const NAT_GATEWAY: TypeName = TypeName::known("aws.ec2.NatGateway");
/// A route table.
pub const ROUTE_TABLE: TypeName = TypeName::known("aws.ec2.RouteTable");
/// A security group.
pub const SECURITY_GROUP: TypeName = TypeName::known("aws.ec2.SecurityGroup");
/// One rule of a security group.
pub const SECURITY_GROUP_RULE: TypeName = TypeName::known("aws.ec2.SecurityGroupRule");
/// The group that a network brings along.
pub const DEFAULT_SECURITY_GROUP: TypeName = TypeName::known("aws.ec2.DefaultSecurityGroup");
/// A managed prefix list.
pub const PREFIX_LIST: TypeName = TypeName::known("aws.ec2.PrefixList");
/// A flow log.
pub const FLOW_LOG: TypeName = TypeName::known("aws.ec2.FlowLog");
/// A network interface: what instances, load balancers, databases and functions stand in a network with.
pub const NETWORK_INTERFACE: TypeName = TypeName::known("aws.ec2.NetworkInterface");
/// The availability zones of a region.
pub const AVAILABILITY_ZONES: TypeName = TypeName::known("aws.ec2.AvailabilityZones");
