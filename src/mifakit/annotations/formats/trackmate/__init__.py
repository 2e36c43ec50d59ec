"""TrackMate XML: spots and the links between them, as Fiji's TrackMate saves its sessions."""
