"""Runs moto's server on a free loopback port, and ends when standard input does.

The parent holds the other end of standard input, so this process cannot outlive it, however it ends.
Prints the port once the socket listens. Access logs are off; tracebacks still go to standard error.
"""
import os
import sys
import threading


def end_with_parent():
    while sys.stdin.buffer.read(4096):
        pass
    os._exit(0)


threading.Thread(target=end_with_parent, daemon=True).start()

from moto.moto_server.werkzeug_app import (  # noqa: E402
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from moto.acm.models import acm_backends  # noqa: E402
from moto.core.resource_tagging import TaggedResource  # noqa: E402
from moto.resourcegroupstaggingapi import models as tagging  # noqa: E402
from werkzeug.serving import make_server  # noqa: E402


class Certificates:
    """What moto's tagging API lacks: the tags of certificates."""

    def __init__(self, backend):
        self.backend = backend

    def iter_tagged_resources(self):
        for arn, certificate in list(self.backend._certificates.items()):
            tags = {key: value or "" for key, value in certificate.tags.items()}
            yield TaggedResource(arn=arn, tags=tags, resource_type="acm:certificate")


taggable = tagging.iter_taggable_backends


def with_certificates(account_id, region_name):
    yield from taggable(account_id, region_name)
    yield Certificates(acm_backends[account_id][region_name])


tagging.iter_taggable_backends = with_certificates


class Quiet(MotoRequestHandler):
    def log_request(self, *args, **kwargs):
        pass


app = DomainDispatcherApplication(create_backend_app)
server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
os.environ["MOTO_PORT"] = str(server.port)
print(server.port, flush=True)
server.serve_forever()
