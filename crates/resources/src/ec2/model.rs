//! The models of the objects of a network in normal form.
//!
//! CIDR blocks have no host bits and are written as the service writes them (`10.0.0.0/16`,
//! `2001:db8::/56`). Ids are plain texts; where a wish names an object that does not exist yet the
//! field holds a reference to its `id`. What readers and writers must know beyond a field's own words
//! stands with the type, in the file of its name.
//!
//! Deliberately absent: what a manifest says (`catalog`), what calls it takes (the providers).

use aplomo_core::model;
use smol_str::SmolStr;
use std::collections::BTreeSet;

model! {
    /// A network.
    pub struct Vpc {
        leaves {
            /// The first IPv4 block. Changing it makes another network.
            cidr: SmolStr = "/cidr",
            /// Whether it has an IPv6 block of Amazon's.
            ipv6: bool = "/amazonProvidedIpv6",
            /// Whether Amazon's resolver answers in it.
            dns_support: bool = "/dnsSupport",
            /// Whether what has a public address gets a public name.
            dns_hostnames: bool = "/dnsHostnames",
        }
        maps {
            /// Tags beside our ownership marks.
            tags: String = "/tags",
        }
    }
}

model! {
    /// A subnet, with the route table it is associated with.
    pub struct Subnet {
        leaves {
            /// The IPv4 block. Changing it makes another subnet.
            cidr: SmolStr = "/cidr",
            /// The name of the availability zone, e.g. `eu-west-1a`. Changing it makes another subnet.
            availability_zone: SmolStr = "/availabilityZone",
            /// Whether what starts in it gets a public address.
            map_public_ip: bool = "/mapPublicIp",
            /// Which `/64` of the network's IPv6 block it has, counted from 0; absent without IPv6.
            ipv6_index: u8 = "/ipv6Index",
            /// Whether what starts in it gets an IPv6 address.
            assign_ipv6: bool = "/assignIpv6",
            /// The id of the route table it is explicitly associated with; absent: the network's main one.
            route_table: SmolStr = "/routeTable",
        }
        maps {
            /// Tags beside our ownership marks.
            tags: String = "/tags",
        }
    }
}

model! {
    /// An internet gateway with its attachment.
    pub struct InternetGateway {
        leaves {
            /// The id of the network it is attached to; absent where it is attached to none.
            vpc: SmolStr = "/vpc",
        }
        maps {
            /// Tags beside our ownership marks.
            tags: String = "/tags",
        }
    }
}

model! {
    /// A public address that is ours until we let it go.
    pub struct ElasticIp {
        leaves {
            /// Always `vpc`.
            domain: SmolStr = "/domain",
        }
        maps {
            /// Tags beside our ownership marks.
            tags: String = "/tags",
        }
    }
}

model! {
    /// A NAT gateway. All but its tags is fixed for its life.
    pub struct NatGateway {
        leaves {
            /// The id of the subnet it stands in.
            subnet: SmolStr = "/subnet",
            /// The allocation id of its public address; absent where it is private.
            allocation: SmolStr = "/allocation",
            /// `public` or `private`.
            connectivity: SmolStr = "/connectivity",
        }
        maps {
            /// Tags beside our ownership marks.
            tags: String = "/tags",
        }
    }
}

model! {
    /// A route table. Local and propagated routes never appear.
    pub struct RouteTable {
        leaves {}
        maps {
            /// Routes: destination (IPv4 block, IPv6 block or `pl-…`) to the id of its one target
            /// (`igw-…`, `nat-…`, `eigw-…`, `pcx-…`, `tgw-…`, `vgw-…`, `vpce-…`, `eni-…`).
            routes: SmolStr = "/routes",
            /// Tags beside our ownership marks.
            tags: String = "/tags",
        }
    }
}

model! {
    /// A security group without its rules.
    pub struct SecurityGroup {
        leaves {
            /// The name, unique in its network. Changing it makes another group.
            name: SmolStr = "/name",
            /// The description. Changing it makes another group.
            description: String = "/description",
            /// To which of the blocks that stand for everything it still lets everything out as new groups do:
            /// `0.0.0.0/0`, `::/0`. Wished only of a new group, so that one that was begun is finished; from then on its
            /// rules tell.
            lets_all_out: BTreeSet<SmolStr> = "/letsAllOut",
        }
        maps {
            /// Tags beside our ownership marks.
            tags: String = "/tags",
        }
    }
}

model! {
    /// One rule of a security group: one source or destination, one range of ports.
    pub struct SecurityGroupRule {
        leaves {
            /// `ingress` or `egress`.
            direction: SmolStr = "/direction",
            /// `tcp`, `udp`, `icmp`, `icmpv6`, `-1` for all, else the protocol's number.
            protocol: SmolStr = "/protocol",
            /// The first port, or the ICMP type (-1 for all); absent where the protocol has no ports.
            from_port: i32 = "/fromPort",
            /// The last port, or the ICMP code (-1 for all); absent where the protocol has no ports.
            to_port: i32 = "/toPort",
            /// An IPv4 block, without host bits.
            cidr4: SmolStr = "/cidr4",
            /// An IPv6 block, without host bits.
            cidr6: SmolStr = "/cidr6",
            /// The id of another security group.
            group: SmolStr = "/group",
            /// The id of a prefix list.
            prefix_list: SmolStr = "/prefixList",
            /// Whether it is the group itself; `true` or absent.
            own_group: bool = "/self",
            /// What it is for.
            description: String = "/description",
        }
        maps {
            /// Tags beside our ownership marks.
            tags: String = "/tags",
        }
    }
}

model! {
    /// The group that every network brings along.
    pub struct DefaultSecurityGroup {
        leaves {
            /// All its rules by their natural keys, see `security_group_rule::atom`. None: locked.
            rules: BTreeSet<SmolStr> = "/rules",
        }
        maps {
            /// Tags beside our ownership marks.
            tags: String = "/tags",
        }
    }
}

model! {
    /// A managed prefix list.
    pub struct PrefixList {
        leaves {
            /// The name.
            name: SmolStr = "/name",
            /// How many entries it can hold; as many rules count wherever it is used.
            max_entries: u32 = "/maxEntries",
            /// `IPv4` or `IPv6`. Changing it makes another list.
            address_family: SmolStr = "/addressFamily",
        }
        maps {
            /// Entries: block to description (empty for none).
            entries: String = "/entries",
            /// Tags beside our ownership marks.
            tags: String = "/tags",
        }
    }
}

model! {
    /// A flow log of a network. All but its tags is fixed for its life.
    pub struct FlowLog {
        leaves {
            /// The id of the network (or subnet, or interface) it watches.
            resource: SmolStr = "/resource",
            /// `ALL`, `ACCEPT` or `REJECT`.
            traffic_type: SmolStr = "/trafficType",
            /// `cloud-watch-logs` or `s3`.
            destination_type: SmolStr = "/destinationType",
            /// The name of the log group; absent for a bucket.
            log_group: SmolStr = "/logGroup",
            /// The ARN of the bucket, perhaps with a folder; absent for a log group.
            bucket: SmolStr = "/bucket",
            /// The ARN of the role that may write the log group; absent for a bucket.
            role: SmolStr = "/role",
            /// Seconds: 60 or 600.
            aggregation: u32 = "/maxAggregationInterval",
        }
        maps {
            /// Tags beside our ownership marks.
            tags: String = "/tags",
        }
    }
}

model! {
    /// The availability zones of a region, as the account sees them. Only ever read.
    pub struct AvailabilityZones {
        leaves {
            /// The names of all zones (not local or wavelength zones) in the order of their zone ids, whatever their
            /// state, so that an outage moves none of them.
            names: Vec<SmolStr> = "/names",
        }
    }
}

model! {
    /// A network interface in a network that goes. Only ever read: who has one still uses the network.
    pub struct NetworkInterface {
        leaves {
            /// What it is for, in the words of who made it.
            description: SmolStr = "/description",
            /// The subnet it is in.
            subnet: SmolStr = "/subnet",
        }
    }
}
