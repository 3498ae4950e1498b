"""Makes the files beside it, once: python3 make.py (Python 3.11, lz4 1.9.4, xz 5.4.1, zstd 1.5.4 on the PATH)."""
import gzip, subprocess

def put(name, data):
    with open(name, 'wb') as f:
        f.write(data)

def packed(program, data):
    return subprocess.run([program, '-c'], input=data, stdout=subprocess.PIPE, check=True).stdout

german = 'Die Gr\u00f6\u00dfe der Stra\u00dfe \u2013 \u201esch\u00f6n\u201c und \u00fcbersichtlich \u2013 kostet 3 \u20ac.\n'
chinese = '\u6f6e\u6c50\u78e8\u574a\u6bcf\u5f53\u6f6e\u6c34\u6765\u65f6\u78e8\u7c89\uff0c\u800c\u4e14\u4e0d\u8981\u94b1\u3002\u8fd9\u662f\u4e00\u4e2a\u5173\u4e8e\u8bed\u8a00\u6a21\u578b\u7684\u6d4b\u8bd5\u3002\n'
japanese = '\u6f6e\u6c50\u306e\u6c34\u8eca\u5c0f\u5c4b\u306f\u3001\u6f6e\u304c\u6e80\u3061\u308b\u305f\u3073\u306b\u7c89\u3092\u3072\u304f\u3002\u30c6\u30b9\u30c8\u3067\u3059\u3002\n'
russian = '\u041f\u0440\u0438\u043b\u0438\u0432\u043d\u0430\u044f \u043c\u0435\u043b\u044c\u043d\u0438\u0446\u0430 \u043c\u0435\u043b\u0435\u0442 \u0437\u0435\u0440\u043d\u043e, \u043a\u043e\u0433\u0434\u0430 \u043f\u0440\u0438\u0445\u043e\u0434\u0438\u0442 \u043f\u0440\u0438\u043b\u0438\u0432.\n'
put('windows-1252.txt', german.encode('windows-1252') * 3)
put('gb18030.txt', chinese.encode('gb18030') * 3)
put('shift_jis.html', ('<html><head><meta http-equiv="Content-Type" content="text/html; charset=Shift_JIS">'
                       '</head><p>' + japanese).encode('shift_jis'))
put('koi8-r.txt', russian.encode('koi8-r') * 3)
put('euc-jp.xhtml', ('<?xml version="1.0" encoding=\'EUC-JP\'?><p>' + japanese).encode('euc-jp'))
put('utf-16le.txt', b'\xff\xfe' + german.encode('utf-16-le'))
put('utf-16be.csv', b'\xfe\xff' + 'id,text\n1,\u6f6e\n'.encode('utf-16-be'))
put('utf-8-bom.txt', b'\xef\xbb\xbf' + german.encode())
put('utf-8-wrong.html', b'<meta charset=utf-8><p>' + b'good text ' * 20 + b'bad \xff\xe2\x82 end')
put('truncated.txt', (chinese.encode('utf-8') * 3)[:-2])
put('members.txt.gz', gzip.compress(b'first member\n', mtime=0) + gzip.compress(b'second member\n', mtime=0))
put('broken.html.gz', b'\x1f\x8b\x08\x00broken')
put('truncated.html.gz', gzip.compress(bytes(range(256)) * 40, mtime=0)[:200])
put('trailing.txt.gz', gzip.compress(b'text\n', mtime=0) + b'something else')
put('bomb.txt.gz', gzip.compress(b'\x20' * 5000000, mtime=0))
put('lines.jsonl.zst', packed('zstd', b'{"id": "a", "text": "one"}\n{"id": "b", "text": "two"}'))
put('page.html.xz', packed('xz', b'<p>packed page</p>'))
put('main_Packages.lz4', packed('lz4', b'''Package: tide
Version: 1.0
Section: science
Description: mill that grinds
 It grinds grain.
 .
 Whenever the tide comes in.

Package: mill
Version: 2
Description: the other one

Version: 3
Description: has no name

no field
Package: wrong

Package: tide
Version: 2.0
Description: the same name again
'''))
put('table.csv', b'id,text,kind\r\n1,"a ""quoted"" text,\r\nof two lines",x\r\n2,plain,y\r\n3,too,many,fields\r\n'
                 b'4,"closed"badly,z\r\n5,last,\r\n')
put('unclosed.csv', b'id,text\n1,fine\n2,"unclosed\n3,lost\n')
put('no-text.csv', b'id,body\n1,x\n')
put('tab.tsv', b'id\ttext\n1\ta "quote" stays\n')
put('nested.jsonl', b'{"ticket": {"number": 7, "tags": ["x", "urgent"]}, "body": "dotted", "more": {"deep": [1, {}]}}\n'
    b'{"ticket": 1, "body": "no number"}\n{"ticket": {"number": {}}, "body": "no scalar"}\n')
put('faulty.jsonl', b'{"id": 1, "text": "a good line"}\nthis is no JSON\n{"id": 3}\n{"id": 4, "text": 5}\n'
    b'{"id": 5, "text": "half \\ud83d"}\n{"id": 6, "text": "not utf-8 \xff"}\n{"id": 7, "text": "cut o\n'
    b'{"deep": ' + b'[' * 1000 + b'\n{"id": 9, "text": "nul \\u0000 is text"}\n')
