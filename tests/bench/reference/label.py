from textual.app import App
from textual.widgets import Label


class OneLabel(App[None]):
    BINDINGS = [("l,h", "count", "count")]
    count = 0

    def compose(self):
        yield Label("pressed 0")

    def action_count(self):
        self.count += 1
        self.query_one(Label).update(f"pressed {self.count}")


OneLabel().run()
