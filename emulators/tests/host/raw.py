"""HTTP byte by byte: requests that no client would send, and answers as they come."""

import asyncio


async def ask(port: int, request: str, body: str = "") -> tuple[int, str, str]:
    """Send a request line with headers and a body; gives status, headers and body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    length = "" if "chunked" in request else f"Content-Length: {len(body)}\r\n"
    line, *headers = request.split("\n")
    head = "".join(f"{header}\r\n" for header in headers)
    writer.write(
        f"{line} HTTP/1.1\r\nHost: h\r\n{head}{length}Connection: close\r\n\r\n{body}".encode()
    )
    answer = (await reader.read()).decode()
    writer.close()
    await writer.wait_closed()
    head, _, content = answer.partition("\r\n\r\n")
    if "transfer-encoding: chunked" in head.lower():
        content = unchunked(content)
    return int(head.split()[1]), head.lower(), content


def unchunked(content: str) -> str:
    """Put the chunks of an answer together; none of them holds an end of line."""
    return "".join(content.split("\r\n")[1::2])
