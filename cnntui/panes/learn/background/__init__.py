"""What the Lessons pane does off the event loop: it reads lessons and views, writes progress."""
