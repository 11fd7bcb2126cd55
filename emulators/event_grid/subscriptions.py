"""Event subscriptions: a part of the `properties` of Microsoft.EventGrid/eventSubscriptions, the rest refused."""

import re
from typing import Any, Literal

from pydantic import BaseModel, Field, ValidationError, field_validator
from yarl import URL

from emulators.event_grid.advanced_filters import SHAPE, AdvancedFilter, values_of
from emulators.event_grid.errors import EventGridError, unsupported
from emulators.event_grid.topics import DELIVERABLE, EVENT_GRID, Schema, Topic

NAME = re.compile(r"[A-Za-z0-9-]{3,64}")
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
MOST_FILTERS = 25
LONGEST_HEADER = 4096


class StaticValue(BaseModel):
    """The value of a static header; a secret one is not shown again."""

    model_config = SHAPE
    value: str = Field(max_length=LONGEST_HEADER)
    is_secret: bool = False


class StaticMapping(BaseModel):
    """A header that every request to the webhook carries."""

    model_config = SHAPE
    name: str = Field(pattern=r"^[A-Za-z0-9-]+$")
    type: Literal["Static"]
    properties: StaticValue

    @field_validator("name")
    @classmethod
    def _is_free(cls, given: str) -> str:
        if given.lower().startswith("aeg-"):
            raise ValueError("the prefix aeg- is the service's own")
        return given


class WebHookProperties(BaseModel):
    """Where to deliver, and how much at once; both limits absent means one event a request."""

    model_config = SHAPE
    endpoint_url: str
    max_events_per_batch: int | None = Field(default=None, ge=1, le=5000)
    preferred_batch_size_in_kilobytes: int | None = Field(default=None, ge=1, le=1024)
    delivery_attribute_mappings: list[StaticMapping] = Field(default=[], max_length=10)

    @field_validator("endpoint_url")
    @classmethod
    def _is_on_loopback(cls, given: str) -> str:
        if URL(given).host not in LOOPBACK or URL(given).scheme != "http":
            raise ValueError(f"the emulator delivers to http on loopback only, not to {given!r}")
        return given

    @property
    def endpoint(self) -> URL:
        """The URL exactly as it was given: what is quoted stays quoted."""
        return URL(self.endpoint_url, encoded=True)

    @property
    def batched(self) -> bool:
        """Whether output batching is on: either setting turns it on."""
        return bool(self.max_events_per_batch or self.preferred_batch_size_in_kilobytes)


class WebHook(BaseModel):
    """The one kind of destination that the emulator has."""

    model_config = SHAPE
    endpoint_type: Literal["WebHook"]
    properties: WebHookProperties


class Filter(BaseModel):
    """Which events; every part must agree."""

    model_config = SHAPE
    included_event_types: list[str] | None = None
    subject_begins_with: str = ""
    subject_ends_with: str = ""
    is_subject_case_sensitive: bool = False
    advanced_filters: list[AdvancedFilter] = Field(default=[], max_length=MOST_FILTERS)

    @field_validator("advanced_filters")
    @classmethod
    def _are_few(cls, given: list[AdvancedFilter]) -> list[AdvancedFilter]:
        if sum(values_of(each) for each in given) > MOST_FILTERS:
            raise ValueError(f"all advanced filters together have at most {MOST_FILTERS} values")
        return given


class RetryPolicy(BaseModel):
    """When to give up: whichever comes first."""

    model_config = SHAPE
    max_delivery_attempts: int = Field(default=30, ge=1, le=30)
    event_time_to_live_in_minutes: int = Field(default=1440, ge=1, le=1440)


class BlobContainer(BaseModel):
    """Named as the service wants it; the emulator keeps dead letters itself."""

    model_config = SHAPE
    resource_id: str
    blob_container_name: str


class DeadLetterDestination(BaseModel):
    """Where dead letters go; without one they are dropped."""

    model_config = SHAPE
    endpoint_type: Literal["StorageBlob"]
    properties: BlobContainer


class Subscription(BaseModel):
    """One event subscription of a topic."""

    model_config = SHAPE
    destination: WebHook
    filter: Filter = Filter()
    event_delivery_schema: Schema = EVENT_GRID
    retry_policy: RetryPolicy = RetryPolicy()
    dead_letter_destination: DeadLetterDestination | None = None

    @property
    def webhook(self) -> WebHookProperties:
        """Where and how to deliver."""
        return self.destination.properties

    @property
    def headers(self) -> dict[str, str]:
        """The static headers of each request."""
        return {
            each.name: each.properties.value for each in self.webhook.delivery_attribute_mappings
        }

    def stored(self) -> dict[str, Any]:
        """Give the properties as they are read again."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)

    def shown(self) -> dict[str, Any]:
        """Show the properties without the values of secret headers."""
        properties = self.stored()
        for mapping in properties["destination"]["properties"]["deliveryAttributeMappings"]:
            if mapping["properties"]["isSecret"]:
                del mapping["properties"]["value"]
        return properties


def parse_subscription(topic: Topic, name: str, properties: object) -> Subscription:
    """Read the properties of a subscription; raises EventGridError 400 that names the place."""
    if not NAME.fullmatch(name):
        raise EventGridError(
            400, f"A subscription's name is 3 to 64 letters, digits and dashes: {name!r}."
        )
    try:
        parsed = Subscription.model_validate(properties)
    except ValidationError as error:
        raise _refusal(error) from None
    if parsed.event_delivery_schema not in DELIVERABLE[topic.schema]:
        raise EventGridError(
            400,
            f"A topic with input schema {topic.schema} cannot deliver {parsed.event_delivery_schema}.",
        )
    return parsed


def _refusal(error: ValidationError) -> EventGridError:
    first = error.errors(include_url=False, include_context=False)[0]
    place = ".".join(str(step) for step in ("properties", *first["loc"]))
    if first["type"] in {"extra_forbidden", "literal_error", "union_tag_invalid"}:
        return unsupported(f"{place}: {first['msg']}")
    return EventGridError(400, f"{place}: {first['msg']}.")
