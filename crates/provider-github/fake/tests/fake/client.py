"""A day's work through PyGithub, which nobody here wrote; prints what it understood."""
import sys

import github
from github import Auth, Github, GithubIntegration

base, token, app, key, now = sys.argv[1:6]
hub = Github(base_url=base, auth=Auth.Token(token), retry=None, seconds_between_requests=0, seconds_between_writes=0)
org = hub.get_organization("acme")
print("org", org.login, org.default_repository_permission)
repo = org.create_repo("py", private=True, auto_init=True, has_wiki=False, delete_branch_on_merge=True)
print("repo", repo.full_name, repo.private, repo.has_wiki, repo.delete_branch_on_merge)
repo.edit(description="from Python", allow_merge_commit=False, squash_merge_commit_title="PR_TITLE")
repo.replace_topics(["b", "a"])
again = hub.get_repo("acme/py")
print("again", again.description, again.allow_merge_commit, again.squash_merge_commit_title, again.get_topics())
team = org.create_team("Python Folk", privacy="closed", description="snakes")
team.add_membership(hub.get_user("mick"), role="maintainer")
team.update_team_repository(repo, "maintain")
print("team", team.slug, [m.login for m in team.get_members()], team.get_team_membership("mick").role)
print("teams", [(t.slug, t.permission) for t in repo.get_teams()])
repo.add_to_collaborators("otto", permission="triage")
print("asked", [(i.invitee.login, i.permissions) for i in repo.get_pending_invitations()])
label = repo.create_label("hiss", "00ff00", "a sound")
label.edit("hiss!", "00ff01", "louder")
print("labels", sorted(l.name for l in repo.get_labels()))
hook = repo.create_hook("web", {"url": "https://example.com", "secret": "x", "content_type": "json"}, ["push"], True)
print("hook", hook.config["secret"], hook.events, hook.active)
deploy = repo.create_key("deploy", "ssh-ed25519 AAAAPY py@home", read_only=True)
print("key", deploy.key, deploy.read_only)
link = repo.create_autolink("PY-", "https://example.com/<num>")
print("link", link.key_prefix, link.is_alphanumeric)
branch = repo.get_branches()[0]
print("branch", branch.name, branch.protected)
environment = repo.create_environment("prod", wait_timer=3)
environment.create_variable("REGION", "eu")
environment.create_secret("TOKEN", "hunter2")
print("environment", environment.name, [v.value for v in environment.get_variables()], [s.name for s in environment.get_secrets()])
repo.create_secret("DEEP", "hunter3")
repo.create_variable("SHALLOW", "water")
print("actions", [s.name for s in repo.get_secrets()], [v.name for v in repo.get_variables()])
org.create_custom_property(github.OrganizationCustomProperty.CustomProperty("tier", "string", default_value="lead", required=True))
org.create_custom_property_values(["py"], {"tier": "gold"})
print("property", repo.get_custom_properties())
try:
    org.create_repo("py")
except github.GithubException as error:
    print("refused", error.status, error.data["errors"][0]["message"])
try:
    hub.get_repo("acme/gone")
except github.UnknownObjectException as error:
    print("gone", error.status, error.data["message"])
print("limit", hub.get_rate_limit().resources.core.limit)
repo.edit(archived=True)
print("archived", hub.get_repo("acme/py").archived)
repo.edit(archived=False)
repo.delete()
print("repos", [r.name for r in org.get_repos()])


class Signed(Auth.AppAuth):
    """The same, at the fake's time and not the machine's."""

    def create_jwt(self, expiration=None):
        import jwt

        return jwt.encode({"iat": int(now) - 30, "exp": int(now) + 300, "iss": app}, pem, algorithm="RS256")

    @property
    def token(self):
        return self.create_jwt()


pem = open(key).read()
integration = GithubIntegration(base_url=base, auth=Signed(int(app), pem))
installation = integration.get_org_installation("acme")
minted = integration.get_access_token(installation.id, permissions={"contents": "read"})
print("minted", minted.permissions["contents"], minted.permissions["metadata"])
