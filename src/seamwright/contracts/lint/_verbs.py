"""Verbs that operations are named by."""

from __future__ import annotations

__all__ = ["VERBS"]

VERBS = frozenset({
    "accept", "acknowledge", "activate", "add", "adjust", "allow", "analyze", "answer", "apply", "approve",
    "archive", "assign", "attach", "authenticate", "authorize", "ban", "batch", "begin", "block", "book", "bulk",
    "buy", "calculate", "call", "cancel", "capture", "change", "charge", "check", "checkout", "choose", "claim",
    "clear", "clone", "close", "comment", "commit", "complete", "compute", "confirm", "connect", "convert", "copy",
    "count", "create", "cut", "deactivate", "decline", "define", "delete", "deny", "deploy", "detach", "detect",
    "disable", "disconnect", "dismiss", "dispatch", "do", "duplicate", "echo", "edit", "empty", "enable", "end",
    "enroll", "erase", "execute", "expire", "export", "extend", "finish", "fix", "follow", "force", "generate",
    "get", "give", "grant", "hide", "import", "increment", "initiate", "insert", "install", "invalidate", "invite",
    "issue", "join", "kick", "leave", "like", "link", "list", "load", "lock", "log", "login", "logout", "look",
    "lookup", "make", "mark", "merge", "migrate", "minimize", "modify", "move", "mute", "notify", "open", "order",
    "pause", "pay", "perform", "pin", "ping", "place", "poll", "post", "prepare", "process", "promote", "provision",
    "publish", "pull", "purge", "put", "queue", "react", "read", "rebuild", "recognize", "recover", "redeem",
    "refresh", "refund", "regenerate", "register", "reject", "release", "reload", "remove", "rename", "renew",
    "reopen", "reorder", "replace", "reply", "report", "request", "rerun", "resend", "reserve", "reset", "resolve",
    "restart", "restore", "resume", "retry", "return", "revert", "revoke", "rotate", "run", "save", "schedule",
    "search", "select", "sell", "send", "set", "share", "ship", "sign", "signin", "signup", "simulate", "skip",
    "snooze", "sort", "split", "star", "start", "stop", "stream", "submit", "subscribe", "sum", "suspend", "swap",
    "switch", "sync", "tag", "terminate", "test", "toggle", "track", "transfer", "transition", "translate",
    "trigger", "unarchive", "unassign", "unblock", "undo", "unfollow", "uninstall", "unlike", "unlink", "unlock",
    "unmark", "unmute", "unpin", "unpublish", "unregister", "unsubscribe", "update", "upgrade", "upload", "upsert",
    "use", "validate", "verify", "view", "void", "vote", "watch", "withdraw", "write",
})  # fmt: skip
"""In small letters, as they are written in English."""
