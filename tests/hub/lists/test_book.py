"""The lists in the ledger, on each database: revisions, and what is read for a host."""

import uuid
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine

from contract.codec import MAX_JSON_BYTES, encode
from contract.errors import InvalidMessage
from contract.lists import Entry, Level, ListName, Person, Portion, Vehicle
from hub.lists.book import ListBook
from hub.lists.reading import MOST_ENTRIES, Head, ListReader

PEOPLE = ListName.PEOPLE


class Lists:
    """One tenant's lists in an open transaction."""

    def __init__(self, connection: Connection) -> None:
        tenant = uuid.uuid4().hex
        self.book, self.reader, self.connection = ListBook(tenant), ListReader(tenant), connection
        self.book.begin(connection)

    def put(self, *entries: Entry) -> int:
        self.book.put(self.connection, entries)
        return self.head().revision

    def drop(self, *keys: str) -> int:
        self.book.drop(self.connection, PEOPLE, keys)
        return self.head().revision

    def head(self, name: ListName = PEOPLE) -> Head:
        return self.reader.heads(self.connection)[name]

    def after(self, revision: int, begun: int = 0, name: ListName = PEOPLE) -> Portion:
        return self.reader.portion(self.connection, name, revision, begun)

    def all(self) -> list[Portion]:
        """Read a whole list as it is read for a host that has nothing."""
        begun, portions = self.head().revision, [self.after(0, self.head().revision)]
        while portions[-1].upto < portions[-1].head:
            portions.append(self.after(portions[-1].upto, begun))
        return portions


@pytest.fixture
def lists(shared_ledger: Engine) -> Iterator[Lists]:
    with shared_ledger.begin() as connection:
        yield Lists(connection)


def people(count: int) -> list[Person]:
    return [Person(key=f"p-{number}", cards=(str(number),)) for number in range(count)]


def test_an_empty_list_has_an_edition(lists: Lists) -> None:
    heads = lists.reader.heads(lists.connection)
    assert set(heads) == set(ListName)
    assert {each.revision for each in heads.values()} == {0}
    empty = lists.after(0)
    assert (empty.after, empty.upto, empty.head, empty.people) == (0, 0, 0, ())
    lists.book.begin(lists.connection)
    assert lists.reader.heads(lists.connection) == heads


def test_each_change_has_a_revision_and_no_change_has_none(lists: Lists) -> None:
    assert lists.put(*people(2)) == 2
    assert lists.put(*people(3)) == 3
    assert lists.put(*people(3)) == 3
    assert lists.put(Person(key="p-1", blocked=True)) == 4
    assert lists.drop("p-0", "p-9") == 5
    assert lists.drop("p-0") == 5
    since = lists.after(3)
    assert (since.upto, since.head, since.drop) == (5, 5, ("p-0",))
    assert since.people == (Person(key="p-1", blocked=True),)
    assert lists.put(Person(key="p-0")) == 6
    assert lists.after(5).people == (Person(key="p-0"),)


def test_lists_are_numbered_apart(lists: Lists) -> None:
    lists.put(*people(2), Vehicle(key="v-1", plate="琼A12345"), Level(key="all", places=("*",)))
    assert [lists.head(name).revision for name in (PEOPLE, ListName.VEHICLES, ListName.LEVELS)] == [2, 1, 1]
    assert lists.after(0, name=ListName.VEHICLES).vehicles[0].plate == "琼A12345"
    assert lists.after(0, name=ListName.LEVELS).levels[0].key == "all"


def test_the_last_word_on_a_key_counts(lists: Lists) -> None:
    assert lists.put(Person(key="p-1"), Person(key="p-1", blocked=True)) == 1
    assert lists.after(0).people == (Person(key="p-1", blocked=True),)


def test_what_was_dropped_before_is_not_sent_to_whom_begins_anew(lists: Lists) -> None:
    lists.put(*people(3))
    lists.drop("p-0")
    [whole] = lists.all()
    assert (len(whole.people), whole.drop, whole.upto) == (2, (), 4)
    begun = lists.head().revision
    lists.drop("p-1")
    later = lists.after(begun, begun)
    assert (later.people, later.drop, later.upto) == ((), ("p-1",), 5)


def test_only_what_was_dropped_is_left(lists: Lists) -> None:
    lists.put(*people(1))
    lists.drop("p-0")
    [whole] = lists.all()
    assert (whole.people, whole.drop, whole.upto) == ((), (), 2)


def test_a_portion_has_an_end(lists: Lists) -> None:
    lists.put(*people(2 * MOST_ENTRIES))
    portions = lists.all()
    assert [len(each.people) for each in portions] == [MOST_ENTRIES, MOST_ENTRIES]
    assert [(each.after, each.upto) for each in portions] == [(0, 500), (500, 1000)]


def test_long_entries_fit_into_messages(lists: Lists) -> None:
    lists.put(*(Person(key=f"p-{n}", cards=tuple("卡" * 64 for _ in range(100))) for n in range(40)))
    portions = lists.all()
    assert sum(len(each.people) for each in portions) == 40
    assert len(portions) > 1
    assert all(len(encode(each)) < MAX_JSON_BYTES for each in portions)


@pytest.mark.parametrize(
    "entry",
    [
        Person(key="Li Wei"),
        Person(key="p-1", cards=("a\0",)),
        Person(key="p-1", codes=("abcd",)),
        Person(key="p-1", cards=("x" * 64,) * 1000),
        Vehicle(key="v-1", plate=""),
        Level(key="l-1", places=("everywhere",)),
    ],
    ids=["key", "nul", "code", "too long", "plate", "place"],
)
def test_what_a_host_would_refuse_is_not_written(lists: Lists, entry: Entry) -> None:
    with pytest.raises(InvalidMessage):
        lists.put(Person(key="p-9"), entry)
    assert {each.revision for each in lists.reader.heads(lists.connection).values()} == {0}


def test_an_older_ledger_begins_another_edition(lists: Lists) -> None:
    lists.put(*people(3))
    before = lists.head()
    lists.book.renew(lists.connection, PEOPLE, before.edition, 3)
    lists.book.renew(lists.connection, PEOPLE, "another", 9)
    assert lists.head() == before
    lists.book.renew(lists.connection, PEOPLE, before.edition, 4)
    after = lists.head()
    assert (after.edition != before.edition, after.revision) == (True, 3)
