"""GStreamer's RTSP server as a camera: `/usr/bin/python3 gst_rtsp_server.py PORT [USER PASSWORD]`.

Needs Debian's gir1.2-gst-rtsp-server-1.0, python3-gi and the plug-ins, so it runs under the system's Python.
Each line of standard input is `NAME PIPELINE`: it is then served as `/NAME`. The port (0: any) stands on the
first line of standard output; each line read is answered by `ok`.
"""

import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402 - only after the versions are chosen


def guarded(server, user, password):
    """Let nobody in without the password, by Digest."""
    auth = GstRtspServer.RTSPAuth.new()
    auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
    token = GstRtspServer.RTSPToken()
    token.set_string(GstRtspServer.RTSP_TOKEN_MEDIA_FACTORY_ROLE, "viewer")
    auth.add_digest(user, password, token)
    server.set_auth(auth)


def serve(server, line, guard):
    """Serve one pipeline under its name."""
    name, pipeline = line.split(maxsplit=1)
    factory = GstRtspServer.RTSPMediaFactory.new()
    factory.set_launch(pipeline)
    factory.set_shared(True)
    if guard:
        permissions = GstRtspServer.RTSPPermissions()
        permissions.add_permission_for_role("viewer", "media.factory.access", True)
        permissions.add_permission_for_role("viewer", "media.factory.construct", True)
        factory.set_permissions(permissions)
    server.get_mount_points().add_factory(f"/{name}", factory)


def listen(server, guard):
    """Take the orders of whoever started us; end with them."""
    for line in sys.stdin:
        serve(server, line.strip(), guard)
        sys.stdout.write("ok\n")
        sys.stdout.flush()
    loop.quit()


Gst.init(None)
loop = GLib.MainLoop()
server = GstRtspServer.RTSPServer.new()
server.set_address("127.0.0.1")
server.set_service(sys.argv[1])
guard = sys.argv[2:]
if guard:
    guarded(server, *guard)
server.attach(None)
sys.stdout.write(f"{server.get_bound_port()}\n")
sys.stdout.flush()
threading.Thread(target=listen, args=(server, guard), daemon=True).start()
loop.run()
