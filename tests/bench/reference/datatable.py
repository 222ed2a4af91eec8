from textual.app import App
from textual.widgets import DataTable


class Rows(App[None]):
    """Textual's own table with as many rows as ResNet-152 has in ours."""

    BINDINGS = [("j", "down", "down")]

    def compose(self):
        yield DataTable(cursor_type="row")

    def on_mount(self):
        table = self.query_one(DataTable)
        table.add_columns("#", "name", "type", "output", "params", "MACs", "field", "jump")
        for at in range(561):
            name = f"layer{at % 4}.{at}.conv1"
            table.add_row(str(at), name, "Conv2d k3 p1", "64×56×56", "36,864", "116 M", "19", "4")
        table.focus()

    def action_down(self):
        self.query_one(DataTable).action_cursor_down()


Rows().run()
