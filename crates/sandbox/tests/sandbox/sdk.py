"""Asks every service once and prints how botocore, a real SDK, understands the refusal."""
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

CALLS = [
    ("ec2", "describe_vpcs"),
    ("iam", "list_roles"),
    ("sts", "get_caller_identity"),
    ("acm", "list_certificates"),
    ("logs", "describe_log_groups"),
    ("route53", "list_hosted_zones"),
]
for service, call in CALLS:
    client = boto3.client(
        service,
        endpoint_url=sys.argv[1],
        region_name="eu-west-1",
        aws_access_key_id="AKIASANDBOX000000000",
        aws_secret_access_key="sandbox",
        config=Config(retries={"total_max_attempts": 1}),
    )
    try:
        getattr(client, call)()
        print(service, "was answered")
    except ClientError as refusal:
        error, meta = refusal.response["Error"], refusal.response["ResponseMetadata"]
        print(service, meta["HTTPStatusCode"], error["Code"], error["Message"], meta.get("RequestId"))
