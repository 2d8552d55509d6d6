"""Text generation by an OpenAI-compatible chat endpoint."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from warehouse_ai.models.generator import INSTALL, Answer, Request
from warehouse_ai.runtime.run import Failure

if TYPE_CHECKING:
    import httpx
    from tenacity import RetryCallState, Retrying

LOCK = threading.Lock()
"""Held while an endpoint answers, so that ``concurrency`` holds for the process and no prompt is paid for twice."""
FIRST_WAIT_S = 1.0
"""Before the first retry; each further wait is twice as long, up to a minute, plus up to a second at random."""
LONGEST_WAIT_S = 300.0
"""Most seconds that a ``Retry-After`` is followed."""
TRANSIENT = (408, 429)
"""Statuses that are tried again, as is every one from 500 on."""


@dataclass
class Halt:
    """What ends a series of requests early.

    Attributes:
        event: set when no further request is of use.
        failure: of the requests that are not made; None while they are.
    """

    event: threading.Event = field(default_factory=threading.Event)
    failure: Failure | None = None

    def because(self, failure: Failure) -> Failure:
        """Stop for a failure that would be every other request's too."""
        self.failure = failure
        self.event.set()
        return failure


class Transient(RuntimeError):
    """The endpoint may answer later.

    Attributes:
        retry_after: seconds that it asks to wait, or None.
    """

    def __init__(self, message: str, retry_after: float | None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


@dataclass(frozen=True)
class Endpoint:
    """A chat endpoint. Its key comes from the environment alone.

    Attributes:
        url: base address, such as ``https://api.openai.com/v1``, or that of the chat completions themselves.
        model: name that the endpoint knows.
        api_key_env: environment variable with the key; a local server needs none.
        concurrency: requests in flight.
        timeout_s: seconds that a request may wait for bytes.
        retries: further attempts after a transient error.
        price_per_million_input_tokens: US dollars.
        price_per_million_output_tokens: US dollars.
    """

    url: str
    model: str
    api_key_env: str = "WAREHOUSE_AI_API_KEY"
    concurrency: int = 8
    timeout_s: float = 60.0
    retries: int = 5
    price_per_million_input_tokens: float = 0.0
    price_per_million_output_tokens: float = 0.0

    @property
    def space(self) -> tuple[str, ...]:
        """What its answers depend on beside prompt and request."""
        return ("endpoint", self.url, self.model)

    @property
    def lock(self) -> AbstractContextManager[Any]:
        """Held while it answers."""
        return LOCK

    def device(self, wanted: str) -> str:
        """Return where it computes, as the ledger names it."""
        return "endpoint"

    def generate(self, prompts: Sequence[str], request: Request, device: str) -> Iterator[dict[int, Answer | Failure]]:
        """Answer prompts, several at a time.

        Args:
            prompts: distinct prompts.
            request: what is asked beside them.
            device: of no use here.

        Yields:
            An answer or a failure by the index of its prompt, as soon as it is there.

        Raises:
            ModuleNotFoundError: the HTTP client is not installed.
            ValueError: the environment variable holds something that is no key.
        """
        try:
            import httpx
            import tenacity
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError(f"an endpoint needs httpx and tenacity: {INSTALL}") from error
        del tenacity
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        halt = Halt()
        limits = httpx.Limits(max_connections=self.concurrency)
        pool = ThreadPoolExecutor(self.concurrency, thread_name_prefix="warehouse_ai_endpoint")
        with httpx.Client(timeout=self.timeout_s, headers=headers, limits=limits) as client:
            try:
                waiting = {pool.submit(self._ask, client, prompt, request, halt): i for i, prompt in enumerate(prompts)}
                for done in as_completed(waiting):
                    yield {waiting[done]: done.result()}
            finally:
                halt.event.set()
                pool.shutdown(cancel_futures=True)

    @property
    def _key(self) -> str:
        key = os.environ.get(self.api_key_env, "").strip()
        if not all("!" <= character <= "~" for character in key):
            raise ValueError(f"the environment variable {self.api_key_env} holds white space or characters that no API key has")
        return key

    def _ask(self, client: httpx.Client, prompt: str, request: Request, halt: Halt) -> Answer | Failure:
        """Answer one prompt; whatever goes wrong is its failure."""
        import httpx

        if halt.event.is_set():
            return halt.failure or Failure("not asked: the query was stopped")
        tried = f" ({1 + self.retries} attempts)" if self.retries else ""
        try:
            response = self._retrying(halt)(self._post, client, self._body(prompt, request))
            if response.status_code == httpx.codes.OK:
                return self._read(response)
            if response.status_code == httpx.codes.UNAUTHORIZED:
                state = "refused" if self._key else "not set"
                return halt.because(
                    Failure(f"the endpoint answered 401: the key comes from the environment variable {self.api_key_env}, which is {state}")
                )
            message = told(response)
        except httpx.ConnectError as error:
            return halt.because(Failure(f"no connection to {host(self.url)}: {error}{tried}"))
        except httpx.TimeoutException:
            return Failure(f"the endpoint did not answer within {self.timeout_s:g} s{tried}")
        except Transient as error:
            return Failure(f"{self._shown(str(error))}{tried}")
        except Exception as error:
            message = f"{type(error).__name__}: {error}"
        return Failure(self._shown(message))

    def _retrying(self, halt: Halt) -> Retrying:
        import httpx
        from tenacity import Retrying, retry_if_exception_type, sleep_using_event, stop_after_attempt, stop_any, stop_when_event_set

        return Retrying(
            stop=stop_any(stop_after_attempt(1 + self.retries), stop_when_event_set(halt.event)),
            retry=retry_if_exception_type((Transient, httpx.TransportError)),
            wait=seconds_to_wait,
            sleep=sleep_using_event(halt.event),
            reraise=True,
        )

    def _body(self, prompt: str, request: Request) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": self.model,
            "messages": [
                *([{"role": "system", "content": request.system}] if request.system else []),
                {"role": "user", "content": prompt},
            ],
            "temperature": 0,
            "max_tokens": request.max_tokens,
        }
        if request.schema:
            form = {"name": "answer", "strict": True, "schema": json.loads(request.schema)}
            body["response_format"] = {"type": "json_schema", "json_schema": form}
        return body

    def _post(self, client: httpx.Client, body: dict[str, Any]) -> httpx.Response:
        response = client.post(chat_url(self.url), json=body)
        if response.status_code in TRANSIENT or response.status_code >= 500:
            raise Transient(told(response), retry_after(response.headers.get("Retry-After")))
        return response

    def _read(self, response: httpx.Response) -> Answer | Failure:
        try:
            body = response.json()
            choice = body["choices"][0]
            message = choice["message"]
            text, refusal = message.get("content"), message.get("refusal")
            usage = body.get("usage") or {}
            read, written = tokens(usage.get("prompt_tokens")), tokens(usage.get("completion_tokens"))
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            return Failure("the endpoint's answer is not a chat completion in JSON")
        reason = choice.get("finish_reason")
        error = None
        if reason == "content_filter":
            error = "the endpoint's content filter stopped the answer"
        elif not isinstance(text, str):
            error = self._shown(f"the model refused: {refusal}") if refusal else "the endpoint's answer has no text"
        cost = (read or 0) * self.price_per_million_input_tokens + (written or 0) * self.price_per_million_output_tokens
        return Answer(text if isinstance(text, str) else "", reason == "length", read, written, cost / 1e6, error)

    def _shown(self, text: str) -> str:
        """Bring an error to one line of at most 300 characters, without the key that the endpoint may have sent back."""
        return " ".join((text.replace(self._key, "***") if self._key else text).split())[:300]


def tokens(given: object) -> int | None:
    """Take a count of tokens that can be one."""
    return given if isinstance(given, int) and 0 <= given < 2**31 else None


def chat_url(url: str) -> httpx.URL:
    """Complete a base address, its query untouched."""
    import httpx

    given = httpx.URL(url)
    path = given.path.rstrip("/")
    return given.copy_with(path=path if path.endswith("/chat/completions") else f"{path}/chat/completions")


def host(url: str) -> str:
    """Name the host of an address without its path and query, which may hold secrets."""
    import httpx

    return httpx.URL(url).netloc.decode("ascii")


def told(response: httpx.Response) -> str:
    """Say what went wrong: the status, and the endpoint's own message where it gives one."""
    status = f"the endpoint answered {response.status_code} {response.reason_phrase}".rstrip()
    try:
        body = response.json()
        error = body.get("error", body)
        message = error.get("message") if isinstance(error, dict) else error
    except (ValueError, AttributeError, RecursionError):
        message = None
    return f"{status}: {message}" if isinstance(message, str) and message else status


def retry_after(header: str | None) -> float | None:
    """Read a ``Retry-After`` header (RFC 9110, 10.2.3): seconds, or a date; None where there is none that can be read."""
    if header is None:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        at = parsedate_to_datetime(header)
    except ValueError:
        return None
    return max(0.0, (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() - datetime.now(UTC).timestamp())


def seconds_to_wait(state: RetryCallState) -> float:
    """Wait as long as the endpoint asks, else exponentially longer with jitter."""
    from tenacity import wait_exponential_jitter

    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, Transient) and error.retry_after is not None:
        return min(error.retry_after, LONGEST_WAIT_S)
    return wait_exponential_jitter(initial=FIRST_WAIT_S, max=60.0, jitter=min(1.0, FIRST_WAIT_S))(state)
