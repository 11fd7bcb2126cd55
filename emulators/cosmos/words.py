"""What the service says, word for word: the published .NET SDK or public records of its answers have it."""

import json

ALREADY_EXISTS = "Entity with the specified id already exists in the system."
NO_ENTITY = "Entity with the specified id does not exist in the system."
NO_RESOURCE = "Resource Not Found. Learn more: https://aka.ms/cosmosdb-tsg-not-found"
PRECONDITION = "Operation cannot be performed because one of the specified precondition is not met."
UNIQUE = "Unique index constraint violation."
GONE = "The requested resource is no longer available at the server."
TOO_LARGE = "Request size is too large"
NO_SUCH_VERB = "The requested verb is not supported."
BAD_CONTINUATION = "Invalid Continuation Token"
BAD_THROUGHPUT = (
    "The value of offer throughput specified is invalid. Please enter valid positive integer."
)
NO_CONTENT = "The required field Content is missing in Offer version v2."
NO_AUTHORIZATION = (
    "Required Header authorization is missing. Ensure a valid Authorization token is passed."
)
NO_DATE = "Authorization token mandates Date headers. Please pass in RFC 1123 style date format."
BAD_DATE = "The input date header is invalid format. Please pass in RFC 1123 style date format."
BAD_PAYLOAD = "The request payload is invalid. Ensure to provide a valid request payload."
BAD_INPUT = "One of the specified inputs is invalid"
TOO_DEEP = "Exceeded the maximum level of nesting for JSON."
NO_KEY = (
    "The partition key supplied in x-ms-partitionkey header has fewer components than defined in the the"
    " collection."
)
KEY_IS_FIXED = "Document collection partition key cannot be changed."
UNIQUES_ARE_FIXED = (
    "The unique index cannot be modified. To change the unique index, remove the collection and re-create a"
    " new one."
)
FAULTS = {
    408: "Request timed out.",
    410: GONE,
    413: TOO_LARGE,
    429: "Request rate is large. More Request Units may be needed, so no changes were made. Please retry"
    " this request later. Learn more: http://aka.ms/cosmosdb-error-429",
    449: "Retry the request.",
    503: "Service is currently unavailable.",
}


def bad_header(name: str, value: str) -> str:
    """Say that a header has a value that it cannot have."""
    return f"Value '{value}' specified for the header '{name}' is invalid."


def bad_page_size(value: str) -> str:
    """Say that a page cannot have so many results."""
    return (
        f"The input PageSize {value} is invalid. Ensure to pass a valid page size which must be a positive"
        " integer or -1 for a dynamic page size."
    )


def bad_session(token: str) -> str:
    """Say that a session token is none."""
    return f"The session token provided '{token}' is invalid."


def bad_key(header: str) -> str:
    """Say that a partition key is none."""
    return f"Partition key {header} is invalid."


def wrong_signature(payload: str) -> str:
    """Say that a request is not signed as it should be, and what should have been signed."""
    return (
        "The input authorization token can't serve the request. Please check that the expected payload is"
        " built as per the protocol, and check the key being used. Server used the following payload to"
        f" sign: '{payload}'"
    )


def out_of_time(start: str, end: str, now: str) -> str:
    """Say that a signature is too old, or from the future."""
    return (
        "The authorization token is not valid at the current time. Please create another token and retry"
        f" (token start time: {start}, token expiry time: {end}, current server time: {now})."
    )


def bad_query(code: str, what: str, start: int, end: int) -> str:
    """Say what is wrong with a query, and where."""
    place = {"start": start, "end": end}
    found = {"severity": "Error", "location": place, "code": code, "message": what}
    return f"Message: {json.dumps({'errors': [found]}, separators=(',', ':'), ensure_ascii=False)}"
