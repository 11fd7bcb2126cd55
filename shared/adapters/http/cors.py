"""What a page in a browser may read of an answer beside its body (Fetch, CORS protocol).

Who may call is the platform's business: it answers preflights before any function is asked, and adds who may read.
"""

import azure.functions as func

_READABLE = ", ".join(
    (
        *("Allow", "ETag", "Link", "Location", "Preference-Applied", "Request-Charge"),
        *("Retry-After", "WWW-Authenticate"),
    )
)


def readable(answer: func.HttpResponse) -> func.HttpResponse:
    """Name the headers that a page may read: without this it sees none of ours. The platform cannot be told."""
    answer.headers["Access-Control-Expose-Headers"] = _READABLE
    return answer
