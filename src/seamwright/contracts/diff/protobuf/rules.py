"""What can change in a protobuf contract, and what that means to peers that keep the old one.

Breaking is what the binary format cannot bear, or what a server now refuses. What only JSON or generated code notices,
and what loses values or meaning without an error, is potentially breaking (protobuf language guide, "Updating A Message
Type").
"""

from __future__ import annotations

from seamwright.contracts.diff.change import Level, Rule

__all__ = [
    "CARDINALITY",
    "CLIENT_STREAM",
    "DEFAULT",
    "ENUM_ADDED",
    "ENUM_CLOSED",
    "ENUM_REMOVED",
    "FIELD_ADDED",
    "FIELD_DEPRECATED",
    "FIELD_NUMBER",
    "FIELD_REMOVED",
    "FIELD_RENAMED",
    "FIELD_REUSED",
    "FIELD_TYPE",
    "FILE_OPTION",
    "IDEMPOTENCY",
    "JSON_NAME",
    "MESSAGE_ADDED",
    "MESSAGE_REMOVED",
    "ONEOF_JOINED",
    "ONEOF_LEFT",
    "ONEOF_REMOVED",
    "PACKAGE_ADDED",
    "PACKAGE_REMOVED",
    "PRESENCE",
    "REQUEST_REQUIRED",
    "REQUEST_TYPE",
    "REQUIRED_DROPPED",
    "RESERVED",
    "RESPONSE_TYPE",
    "RPC_ADDED",
    "RPC_DEPRECATED",
    "RPC_REMOVED",
    "RULES",
    "RULE_LOOSER",
    "RULE_STRICTER",
    "SERVER_STREAM",
    "SERVICE_ADDED",
    "SERVICE_REMOVED",
    "SYNTAX",
    "VALUE_ADDED",
    "VALUE_NUMBER",
    "VALUE_REMOVED",
    "VALUE_RENAMED",
]

_BREAKING, _POTENTIALLY, _INFO = Level.BREAKING, Level.POTENTIALLY, Level.INFO

_UNIMPLEMENTED = "who calls it is answered UNIMPLEMENTED"
_NEW = "nobody uses it yet"
_FRAMING = "one side sends or waits for messages that the other does not"
_OTHER_BYTES = "the same bytes mean something else, or nothing, to the other side"
_JSON_AND_CODE = "the binary format is the same; JSON and generated code see another name"
_REUSE = "its number may be given to something else, which old peers would then read as this"

PACKAGE_REMOVED = Rule(
    "package-removed", _BREAKING, "", "a package is gone with all that is in it", "its services are at no path any more"
)
PACKAGE_ADDED = Rule("package-added", _INFO, "", "a package is new", _NEW)
SERVICE_REMOVED = Rule("service-removed", _BREAKING, "", "a service is gone", _UNIMPLEMENTED)
SERVICE_ADDED = Rule("service-added", _INFO, "", "a service is new", _NEW)
RPC_REMOVED = Rule("rpc-removed", _BREAKING, "", "an rpc is gone", _UNIMPLEMENTED)
RPC_ADDED = Rule("rpc-added", _INFO, "", "an rpc is new", _NEW)
RPC_DEPRECATED = Rule("rpc-deprecated", _INFO, "", "an rpc is deprecated", "it still answers")
REQUEST_TYPE = Rule(
    "rpc-request-type-changed", _BREAKING, "request", "an rpc takes another message", "what old callers send is misread"
)
RESPONSE_TYPE = Rule(
    "rpc-response-type-changed", _BREAKING, "response", "an rpc gives another message", "old callers misread the answer"
)
CLIENT_STREAM = Rule(
    "rpc-client-streaming-changed", _BREAKING, "request", "an rpc begins or ceases to take a stream", _FRAMING
)
SERVER_STREAM = Rule(
    "rpc-server-streaming-changed", _BREAKING, "response", "an rpc begins or ceases to give a stream", _FRAMING
)
IDEMPOTENCY = Rule(
    "rpc-idempotency-changed",
    _POTENTIALLY,
    "",
    "an rpc no longer promises to be repeatable or without side effects",
    "whoever repeats or caches it relied on that",
)

MESSAGE_REMOVED = Rule(
    "message-removed",
    _POTENTIALLY,
    "",
    "a message is gone that no rpc of its contract used",
    "generated code lacks it, and so does who keeps it in an Any or in storage",
)
MESSAGE_ADDED = Rule("message-added", _INFO, "", "a message is new", _NEW)
FIELD_REMOVED = Rule("field-removed", _BREAKING, "", "a field is gone and its number is not reserved", _REUSE)
FIELD_ADDED = Rule("field-added", _INFO, "", "a field is new", "who does not know it passes over it")
FIELD_REUSED = Rule("field-number-reused", _BREAKING, "", "a number now stands for another field", _OTHER_BYTES)
FIELD_NUMBER = Rule("field-number-changed", _BREAKING, "", "a field has another number", _OTHER_BYTES)
FIELD_RENAMED = Rule("field-renamed", _POTENTIALLY, "", "a field has another name", _JSON_AND_CODE)
FIELD_TYPE = Rule("field-type-changed", _BREAKING, "", "a field has another type", _OTHER_BYTES)
FIELD_DEPRECATED = Rule("field-deprecated", _INFO, "", "a field is deprecated", "it is still there")
CARDINALITY = Rule(
    "field-cardinality-changed", _BREAKING, "", "a field becomes a list, or ceases to be one", _OTHER_BYTES
)
PRESENCE = Rule(
    "field-presence-changed",
    _POTENTIALLY,
    "",
    "a field begins or ceases to tell apart not set and zero",
    "the bytes are the same; what a zero means is not",
)
JSON_NAME = Rule("field-json-name-changed", _POTENTIALLY, "", "a field has another name in JSON", _JSON_AND_CODE)
DEFAULT = Rule(
    "field-default-changed",
    _POTENTIALLY,
    "",
    "a field has another default",
    "the two sides read what is not set differently",
)
REQUEST_REQUIRED = Rule(
    "field-required-added", _BREAKING, "request", "a field is now required", "callers that leave it out are refused"
)
REQUIRED_DROPPED = Rule(
    "field-required-removed",
    _INFO,
    "",
    "a field is no longer required",
    "who still sends it is understood",
)
RULE_STRICTER = Rule(
    "field-rule-stricter",
    _BREAKING,
    "request",
    "fewer values of a field are valid",
    "callers that send the others are refused",
)
RULE_LOOSER = Rule("field-rule-looser", _INFO, "", "more values of a field are valid", "all that was valid still is")
ONEOF_JOINED = Rule(
    "field-into-oneof",
    _BREAKING,
    "",
    "a field moves into a oneof beside others",
    "of two fields that were set together, all but the last are lost",
)
ONEOF_LEFT = Rule(
    "field-out-of-oneof",
    _POTENTIALLY,
    "",
    "a field leaves its oneof",
    "two may now be set, and old peers keep the last",
)
ONEOF_REMOVED = Rule(
    "oneof-removed", _POTENTIALLY, "", "a oneof is gone or has another name", "generated code has another member"
)
RESERVED = Rule("reserved-removed", _POTENTIALLY, "", "a number or name is no longer reserved", _REUSE)

ENUM_REMOVED = Rule("enum-removed", _POTENTIALLY, "", "an enum is gone that no message used", "generated code lacks it")
ENUM_ADDED = Rule("enum-added", _INFO, "", "an enum is new", _NEW)
ENUM_CLOSED = Rule(
    "enum-openness-changed",
    _POTENTIALLY,
    "",
    "an enum begins or ceases to keep values that it does not know",
    "a value that one side does not know is kept by one version and lost by the other",
)
VALUE_REMOVED = Rule(
    "enum-value-removed", _BREAKING, "", "a value of an enum is gone and its number is not reserved", _REUSE
)
VALUE_ADDED = Rule(
    "enum-value-added",
    _POTENTIALLY,
    "",
    "an enum has a further value",
    "old peers that meet it do not know what to do with it",
)
VALUE_NUMBER = Rule("enum-value-number-changed", _BREAKING, "", "a value of an enum has another number", _OTHER_BYTES)
VALUE_RENAMED = Rule("enum-value-renamed", _POTENTIALLY, "", "a value of an enum has another name", _JSON_AND_CODE)

SYNTAX = Rule(
    "syntax-changed",
    _POTENTIALLY,
    "",
    "a file is written in another syntax",
    "what is not set, and what an enum does with unknown values, changes with it",
)
FILE_OPTION = Rule(
    "file-option-changed",
    _POTENTIALLY,
    "",
    "generated code lies in another package or class",
    "the binary format is the same; code that uses it has to follow",
)

RULES: tuple[Rule, ...] = tuple(value for value in list(globals().values()) if isinstance(value, Rule))
