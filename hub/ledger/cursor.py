"""How far a reader of the ledger's events has come. It moves in the transaction of what the events led to."""

from sqlalchemy import Connection, Table, select

from hub.ledger.dialect import dialect_of


class Cursor:
    """One tenant's row in a table of cursors, `tenant` and `seq`. Blocking."""

    def __init__(self, table: Table, tenant: str) -> None:
        self._table = table
        self._tenant = tenant

    def seq(self, connection: Connection) -> int:
        """Read up to which event everything is done; 0: nothing yet."""
        query = select(self._table.c.seq).where(self._table.c.tenant == self._tenant)
        return connection.execute(query).scalar() or 0

    def move(self, connection: Connection, seq: int) -> None:
        """Write that everything up to this event is done."""
        added = dialect_of(connection).insert(self._table).values(tenant=self._tenant, seq=seq)
        connection.execute(added.on_conflict_do_update(index_elements=["tenant"], set_={"seq": seq}))
