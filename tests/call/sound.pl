# sound: what must hold of what a run of tests/call/run's driver has left: files, rows, processes, messages.
use strict;
use warnings;
use Digest::SHA;
use File::Find;

our ($lane, $driver);

# What is wrong with what a run has left; an aborted one may leave what is under construction. After the last look the
# rows go, for the next run.
sub unsound {
    my ($layer, $folder, $aborted, $last) = @_;
    my @wrong;
    find({no_chdir => 1, wanted => sub {
        return unless -f;
        if (m{/([0-9a-f]{2})/([0-9a-f]{62})$}) {
            push @wrong, "$_ has another digest" if Digest::SHA->new(256)->addfile($_)->hexdigest ne "$1$2";
        } elsif (m{/damaged/}) {
            push @wrong, "$_ was set aside";
        } elsif (!$aborted && m{/new/|/file\.}) {
            push @wrong, "$_ was left";
        }
    }}, $folder);
    push @wrong, undone($layer) if $last && $layer =~ /^(worker|shards|orders)$/;
    push @wrong, running($folder) if $last && $layer =~ /^(process|host|cluster|initdb|trial|apache)$/;
    push @wrong, unsent($layer, $folder, $last) if $layer =~ /^(send|relay)$/;
    push @wrong, skipped($layer, $folder) if $layer eq 'receive';
    if ($layer =~ /^(ledger|pipeline)$/) {
        my $rows = psql("call$lane", ['SELECT (SELECT count(*) FROM public.call), (SELECT count(*) FROM ledger.source)',
            $last ? 'DELETE FROM public.call; DELETE FROM ledger.source' : ()]);
        push @wrong, "rows $rows" if $rows ne '0|0' && $rows ne ($layer eq 'ledger' ? '3|1' : '3|70');
    }
    if ($layer eq 'own') {
        my $id = psql("call$lane", ['SELECT id FROM ledger.store', $last ? 'DELETE FROM ledger.store' : ()]);
        push @wrong, "the ledger's store is " . ($id || 'none') if $id ? slurp("$folder/store.id") ne "$id\n" : $last;
    }
    if ($layer eq 'migrate') {
        my $left = psql("migrate$lane",
            ["SELECT (to_regclass('ledger.run') IS NULL) <> (to_regclass('ledger.task') IS NULL)"]);
        push @wrong, 'half a schema' if $left ne 'f';
    }
    return @wrong;
}

# Tasks of a run that were not done, or not once, or not charged once for each thing.
sub undone {
    my ($layer) = @_;
    my $kinds = $layer eq 'shards' ? "ANY ('{ingest.%,clean.%}')" : "'ingest.%'";
    my $found = psql("$layer$lane", ["SELECT string_agg(concat_ws(' ', kind, state, done, charged), ', ' ORDER BY kind DESC, done)
        FROM (SELECT t.kind, t.state,
              (SELECT count(*) FROM ledger.attempt a WHERE a.task = t.id AND a.outcome = 'done') AS done,
              (SELECT string_agg(c.resource || count, ' ' ORDER BY c.resource)
               FROM (SELECT c.resource, count(*) FROM ledger.charge c JOIN ledger.attempt a USING (task, attempt)
                     WHERE c.task = t.id AND a.outcome = 'done' GROUP BY c.resource) c) AS charged
              FROM ledger.task t WHERE t.kind LIKE $kinds) t"]);
    my ($once, $shards) = ('done 1 cpu1 storage1', $layer eq 'shards' ? ', clean.shard ONCE' x 3 . ', clean.dedup ONCE' : '');
    my $wanted = 'ingest.scan ONCE' . ', ingest.read ONCE' x 3 . $shards;
    return $found eq $wanted =~ s/ONCE/$once/gr ? () : "tasks: $found";
}

# What a run left in its database goes, and so do the sessions that are still ending.
sub clear_ledger {
    my ($database) = @_;
    my @tables = split /,/, our $empty //= psql('migrate0', ["SELECT string_agg(relname, ',') FROM pg_class
        WHERE relnamespace = 'ledger'::regnamespace AND relkind = 'r'
          AND (xpath('/row/c/text()', query_to_xml('SELECT count(*) AS c FROM ' || oid::regclass, false, true, '')))[1]::text = '0'"]);
    my $others = 'FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()';
    psql($database, ["DO 'BEGIN WHILE EXISTS (SELECT pg_terminate_backend(pid) $others) LOOP
        PERFORM pg_sleep(0.01), pg_stat_clear_snapshot(); END LOOP; END'",
        'SET session_replication_role = replica', map { "DELETE FROM ledger.$_" } @tables]);
}

# Processes of a state folder that go on after the last look; what is found is ended. A server removes its pid file, for which
# who stops it waits, a moment before it is gone.
sub running {
    my ($folder) = @_;
    my @found;
    for (1 .. 100) {
        @found = grep { slurp($_) =~ /\Q$folder\E\b/ } glob '/proc/[0-9]*/cmdline' or return;
        select undef, undef, undef, 0.05;
    }
    my @pids = map { m{/(\d+)/} } @found;
    my @wrong = map { "it runs on: " . slurp($_) =~ tr/\0/ /r } @found;
    kill 'KILL', @pids;
    return @wrong;
}

# Messages that are said to be in Kafka and are not, at their place.
sub unsent {
    my ($layer, $folder, $last) = @_;
    my @said = split /\n/, $layer ne 'relay' ? slurp("$folder/sent") : psql("call$lane",
        ["SELECT key || ' ' || kafka_partition || ' ' || kafka_offset FROM ledger.outbox WHERE published IS NOT NULL",
        $last ? 'DELETE FROM ledger.outbox' : ()]);
    return () unless @said;
    my %there = map { $_ => 1 } messages(topic($layer));
    return map { "not in Kafka: $_" } grep { !$there{$_} } @said;
}

# All messages of a topic: key, partition and offset. kcat waits five seconds for a broker, which a busy machine may need.
sub messages {
    my ($topic) = @_;
    for (1 .. 5) {
        open my $pipe, '-|', 'kcat', '-C', '-q', '-e', '-b', $ENV{CALL_KAFKA}, '-t', $topic, '-o', 'beginning',
            '-f', '%k %p %o\n' or die;
        chomp(my @messages = <$pipe>);
        return @messages if close $pipe;
    }
    die "run: kcat failed\n";
}

# Messages that nobody acknowledged and that a new member of the group would not be given.
sub skipped {
    my ($layer, $folder) = @_;
    my @waiting = map { [split] } split /\n/, slurp("$folder/waiting") or return ();
    my %from = map { split } split /\n/, `$driver committed @{[topic($layer)]} $waiting[0][0]`;
    return 'no offsets' unless %from;
    return map { "not given again: partition $_->[1] offset $_->[2]" } grep { $from{$_->[1]} > $_->[2] } @waiting;
}

1;
