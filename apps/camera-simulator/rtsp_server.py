"""The RTSP server in front of the cameras: where it listens, who may come in, and who came."""
import os

import gi

gi.require_version('GstRtsp', '1.0')
gi.require_version('GstRtspServer', '1.0')
from gi.repository import GLib, GstRtsp, GstRtspServer  # noqa: E402

from report import report  # noqa: E402


def authentication(kind, user, password):
    auth = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string(GstRtspServer.RTSP_TOKEN_MEDIA_FACTORY_ROLE, 'user')
    if kind == 'basic':
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    else:
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(user, password, token)
    return auth


def serve(cameras, options):
    server = GstRtspServer.RTSPServer()
    server.get_thread_pool().set_max_threads(-1)
    server.set_address(options.host)
    server.set_service(str(options.port))
    if options.auth != 'none':
        user, password = os.environ.get('CAMERA_USER', 'admin'), os.environ.get('CAMERA_PASSWORD', 'camera1')
        server.set_auth(authentication(options.auth, user, password))
    permissions = GstRtspServer.RTSPPermissions()
    for permission in (GstRtspServer.RTSP_PERM_MEDIA_FACTORY_ACCESS, GstRtspServer.RTSP_PERM_MEDIA_FACTORY_CONSTRUCT):
        permissions.add_permission_for_role('user', permission, True)
    for camera in cameras.values():
        if options.auth != 'none':
            camera.factory.set_permissions(permissions)
        server.get_mount_points().add_factory(f'/cam{camera.number}', camera.factory)

    def on_client(_server, client):
        report('client')
        client.connect('closed', lambda _client: report('closed'))

    def forget_dead_sessions():
        server.get_session_pool().cleanup()
        return True

    server.connect('client-connected', on_client)
    GLib.timeout_add_seconds(2, forget_dead_sessions)
    return server
