"""Another business, which declares all that one may: lamps, a diary of each, and their repairs."""

from shared.kernel.domain import About, Domain
from shared.kernel.feeds.public_feed import PublicFeed

from .diary import diary
from .lamp import lamp, lamps
from .process import WentDark, begin_night, night_light, note_light, note_rest, tell_dark
from .repair import occasions, reminder, repair, repairs
from .telling import RepairWanted, VisitPlanned, plan_visit, want_repair

domain = Domain(
    categories=(lamp, diary, repair),
    views=(lamps, repairs, occasions),
    receptors=(note_light,),
    policies=(note_rest,),
    enrichers=(tell_dark, plan_visit, want_repair),
    feeds=(PublicFeed("lamps", "What becomes of lamps", (WentDark, VisitPlanned, RepairWanted)),),
    deadlines=(night_light, reminder),
    inbound=(begin_night,),
    about=About(title="Lamps", version="2", description="Light.", contact="Ann", licence="MIT"),
    public_prefix="com.example.lamps",
)
