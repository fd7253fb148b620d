"""The HTTP server of the cluster's frontend: keeps the list of backends.

A POST to /proxy/backend/MAC enters a backend, a GET of /proxy/backend/ lists
them, a line each.
"""

import http.server
import socket

PATH = "/proxy/backend/"
backends = []


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        known = self.path.startswith(PATH) and len(self.path) > len(PATH)
        if known:
            backends.append(self.path[len(PATH) :])
        self.reply(201 if known else 404, b"")

    def do_GET(self):
        self.reply(200, "".join(mac + "\n" for mac in backends).encode())

    def reply(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


class Server(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6  # and IPv4 with it


server = Server(("::", 80), Handler)
print("listening", flush=True)
server.serve_forever()
