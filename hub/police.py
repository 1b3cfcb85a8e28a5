"""The police desk: what is asked for and leaves as a bundle, and the feed to the police's view library."""

from collections.abc import Callable

from contract.topics import Address
from hub.disclosure.making.making import KEYS, reader_of
from hub.disclosure.making.signing import Signing
from hub.disclosure.making.worker import Maker
from hub.disclosure.reading.bounds import Surroundings
from hub.disclosure.reading.preview import Preview
from hub.disclosure.reading.surroundings import Surveyor
from hub.disclosure.service import Disclosures, DisclosureSite
from hub.making import Ground
from hub.selfwatch.clocks import ClockWatch
from hub.viid.desk import FeedDesk
from hub.viid.service import Feed, FeedSite
from hub.viid.settings import profile_of


class Police:
    """All of it, as the control room knows it. `bundles` has the bundles of disclosures made."""

    def __init__(self, ground: Ground, clocks: ClockWatch) -> None:
        settings, ledger, clock = ground.settings, ground.ledger, ground.clock
        around = Surveyor(ground.core.shadows, clocks, clock).surroundings
        self.disclosures = _disclosures(ground, around)
        self.bundles = Maker(self.disclosures.desk, ledger, settings, clock, around)
        self.feed = _feed(ground)
        self.feed_desk = FeedDesk(self.feed, ledger, clock, settings.tenant)


def _disclosures(ground: Ground, around: Callable[[], Surroundings]) -> Disclosures:
    settings = ground.settings
    site = DisclosureSite(
        tenant=settings.tenant,
        title=settings.title,
        zone=ground.zone,
        folder=settings.disclosures_dir,
        settings=settings.disclosure,
    )
    reader = reader_of(settings, ground.core.engine)
    return Disclosures(
        ground.ledger,
        ground.clock,
        site,
        previewer=Preview(reader, ground.core.media, around, ground.clock, ground.zone),
        signer=Signing(settings.data_dir / KEYS),
    )


def _feed(ground: Ground) -> Feed:
    """Make the feed; it does nothing unless the site file says so."""
    core, settings = ground.core, ground.settings
    said = settings.viid
    profile = profile_of(said)
    devices = {each.device: Address(settings.site_id, *each.device.split("/")) for each in said.device}

    def titles() -> dict[str, str]:
        found = {name: ground.title(address) for name, address in devices.items()}
        return {
            name: words.get("zh-CN") or next(iter(words.values())) for name, words in found.items() if words
        }

    def standing() -> dict[str, str]:
        shadows = {name: core.shadows.get(address) for name, address in devices.items()}
        return {name: shadow.connectivity.value for name, shadow in shadows.items() if shadow}

    site = FeedSite(
        tenant=settings.tenant,
        settings=said,
        profile=profile,
        media=core.media.path,
        titles=titles,
        standing=standing,
    )
    return Feed(ground.ledger, ground.clock, site)
