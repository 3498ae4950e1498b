#!/usr/bin/env python3
"""token_endpoint FOLDER [PORT [PEM]]: an OAuth 2.0 token endpoint for clients with a secret (RFC 6749, 4.4) or with a key, by which
they sign who they are (RFC 7523, 2.1), on loopback.

PORT 0 is a free one. With PEM, a key and its certificate, it speaks HTTPS.

FOLDER has key.pem, the RSA key that signs the tokens; lifetime, their seconds; and a file secret-CLIENT or
public-CLIENT.pem for each client, whose token is for the audience CLIENT. Made there: jwks.json, the key for who verifies tokens (RFC 7517); asked, a line per request;
port, when it listens.
"""
import base64
import http.server
import json
import os
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.parse

folder = sys.argv[1]


def path(name):
    return os.path.join(folder, name)


def read(name):
    with open(path(name)) as file:
        return file.read().strip()


def write(name, text):
    with open(path(name + '.new'), 'w') as file:
        file.write(text)
    os.rename(path(name + '.new'), path(name))


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


def decode(text):
    return base64.urlsafe_b64decode(text + '=' * (-len(text) % 4))


def token(client):
    now = time.time()
    head = {'alg': 'RS256', 'typ': 'JWT', 'kid': 'one'}
    claims = {'iss': 'tide', 'aud': client, 'sub': 'tidemill', 'scope': 'kafka', 'iat': int(now),
              'exp': int(now + float(read('lifetime')))}
    text = '.'.join(encode(json.dumps(part).encode()) for part in (head, claims))
    signed = subprocess.run(['openssl', 'dgst', '-sha256', '-sign', path('key.pem')], input=text.encode(),
                            stdout=subprocess.PIPE, check=True).stdout
    return text + '.' + encode(signed)


def has(kind, client, suffix=''):
    return os.path.basename(client) == client and os.path.exists(path(kind + '-' + client + suffix))


def by_secret(authorization):
    given = base64.b64decode(authorization.split(' ', 1)[1]).decode()
    client, _, secret = (urllib.parse.unquote(part) for part in given.partition(':'))
    return client, has('secret', client) and secret == read('secret-' + client)


def by_key(assertion):
    signed, _, signature = assertion.rpartition('.')
    claims = json.loads(decode(signed.split('.')[1]))
    client = claims['iss']
    if not has('public', client, '.pem') or claims['aud'] != 'endpoint' or claims['exp'] < time.time():
        return client, False
    with tempfile.NamedTemporaryFile() as file:
        file.write(decode(signature))
        file.flush()
        verify = ['openssl', 'dgst', '-sha256', '-verify', path(f'public-{client}.pem'), '-signature', file.name]
        return client, subprocess.run(verify, input=signed.encode(), stdout=subprocess.DEVNULL).returncode == 0


class Endpoint(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        form = urllib.parse.parse_qs(self.rfile.read(int(self.headers.get('Content-Length', 0))).decode())
        if form['grant_type'] == ['urn:ietf:params:oauth:grant-type:jwt-bearer']:
            client, known = by_key(form['assertion'][0])
        else:
            client, known = by_secret(self.headers.get('Authorization', 'Basic '))
        if known:
            self.answer(client, 200, {'access_token': token(client), 'token_type': 'Bearer'})
        else:
            self.answer(client, 401, {'error': 'invalid_client', 'error_description': 'unknown client, or wrong secret or key'})

    def answer(self, client, status, value):
        with open(path('asked'), 'a') as file:
            file.write(f'{client} {status}\n')
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


modulus = subprocess.run(['openssl', 'rsa', '-in', path('key.pem'), '-noout', '-modulus'], stdout=subprocess.PIPE,
                         check=True).stdout.decode().strip().split('=')[1]
write('jwks.json', json.dumps({'keys': [{'kty': 'RSA', 'use': 'sig', 'alg': 'RS256', 'kid': 'one', 'e': 'AQAB',
                                         'n': encode(bytes.fromhex(modulus))}]}))
server = http.server.ThreadingHTTPServer(('127.0.0.1', int(sys.argv[2]) if len(sys.argv) > 2 else 0), Endpoint)
if len(sys.argv) > 3:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(sys.argv[3])
    server.socket = tls.wrap_socket(server.socket, server_side=True)
write('port', str(server.server_address[1]))
server.serve_forever()
