"""A pull request through PyGithub, which nobody here wrote; prints what it understood."""
import sys

import github
from github import Auth, Github, InputGitTreeElement

base, token, bot = sys.argv[1:4]
plain = dict(base_url=base, retry=None, seconds_between_requests=0, seconds_between_writes=0)
repo = Github(auth=Auth.Token(token), **plain).get_repo("acme/shop")
pull = repo.get_pulls(state="open", base="main")[0]
print("pull", pull.number, pull.title, pull.user.login, pull.head.ref, pull.base.ref, pull.mergeable, pull.commits)
print("commits", [(c.commit.message, c.author.login) for c in pull.get_commits()])
print("files", [(f.filename, f.status, f.additions, f.deletions) for f in pull.get_files()])
comment = pull.create_issue_comment("/aplomo help")
comment.edit("/aplomo plan")
print("comments", [(c.user.login, c.body, c.updated_at > c.created_at) for c in pull.get_issue_comments()])
review = pull.create_review(event="APPROVE")
print("review", review.state, review.commit_id == pull.head.sha)
review.dismiss("not yet")
print("reviews", [r.state for r in pull.get_reviews()])
app = Github(auth=Auth.Token(bot), **plain).get_repo("acme/shop")
run = app.create_check_run("aplomo", pull.head.sha, status="in_progress")
note = {"path": "a.yaml", "start_line": 1, "end_line": 1, "annotation_level": "notice", "message": "here"}
run.edit(conclusion="success", output={"title": "t", "summary": "s", "annotations": [note]})
print("checks", [(c.name, c.status, c.conclusion, c.app.slug) for c in repo.get_commit(pull.head.sha).get_check_runs()])
print("annotations", [(a.path, a.message) for a in run.get_annotations()])
main = app.get_git_ref("heads/main").object.sha
tree = app.create_git_tree([InputGitTreeElement("c.yaml", "100644", "blob", "x\n")], app.get_git_commit(main).tree)
made = app.create_git_commit("Accept", tree, [app.get_git_commit(main)])
ref = app.create_git_ref("refs/heads/accept", made.sha)
print("branch", app.get_branch("accept").commit.sha == made.sha, made.author.name)
ref.delete()
merged = pull.merge(merge_method="squash")
print("merged", merged.merged, repo.get_pull(1).merged, repo.get_branch("main").commit.sha == merged.sha)
try:
    pull.merge()
except github.GithubException as error:
    print("refused", error.status, error.data["message"])
issue = repo.create_issue("Drift", body="b", labels=["bug"])
issue.edit(state="closed")
print("issue", issue.number, repo.get_issue(2).state, [l.name for l in issue.labels])
print("issues", [(i.number, i.pull_request is not None) for i in repo.get_issues(state="all")])
