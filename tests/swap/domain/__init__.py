"""Another business, as small as one can be: lamps that are switched on and off, and a diary of each."""

from shared.kernel.domain import Domain

from .diary import diary
from .lamp import lamp, lamps
from .process import begin_night, night_light, note_light, note_rest, tell_dark

domain = Domain(
    categories=(lamp, diary),
    views=(lamps,),
    receptors=(note_light,),
    policies=(note_rest,),
    enrichers=(tell_dark,),
    deadlines=(night_light,),
    inbound=(begin_night,),
)
