# functions: every function that tests/call/run makes fail, with its library and the ways it fails. 'short' and EINTR are no
# failures: the work must go on.
use strict;
use warnings;
use Errno ':POSIX';

# librdkafka's calls, and the codes and words by which each says no (tests/call/interpose_flow.c). A + : and ever after.
sub kafka_functions {
    my %code = (timed_out => -185, transport => -195, queue_full => -184, too_large => 10, fatal => -150, no_topic => -188,
        report_timed_out => -192, forbidden => 29, group_forbidden => 30, unknown => 3, no_copies => 19, invalid => -186,
        unknown_group => -179, too_slow => -147, state => -172, no_offset => -168, cluster_forbidden => 31,
        not_controller => 41, is_there => 36, no_brokers => 38, policy => 44, refused => 17);
    my %ways = (conf_set => 'unknown!', new => 'thread!', fatal_error => 'fatal!',
        produceva => 'queue_full queue_full+ too_large fatal no_topic', flush => 'unsent! late!', purge => 'invalid',
        poll_set_consumer => 'unknown_group', subscribe => 'invalid fatal', assignment => 'state',
        pause_partitions => 'state', resume_partitions => 'state', commit => 'no_offset state',
        consumer_poll => 'transport too_slow group_forbidden forbidden fatal unknown', consumer_close_queue => 'fatal',
        metadata => 'transport timed_out transport+ denied! denied+! alone! unknown! forbidden!', topic_new => 'invalid!',
        NewTopic_new => 'invalid!', NewTopic_set_config => 'invalid', AdminOptions_new => 'invalid!',
        AdminOptions_set_operation_timeout => 'invalid', queue_poll => 'nothing!',
        event_error => 'timed_out cluster_forbidden not_controller',
        topic_result_error => 'forbidden is_there no_brokers policy', mock_cluster_new => 'taken!',
        mock_topic_create => 'refused', mock_cluster_bootstraps => 'taken!');
    my %function = (delivery_report => ['Kafka', map { $code{$_} } qw(report_timed_out forbidden unknown no_copies)]);
    for my $name (keys %ways) {
        $function{"rd_kafka_$name"} = ['Kafka', map { /^(.*)!$/ ? $1 : /^(.*)\+$/ ? "$code{$1}+" : $code{$_} } split ' ', $ways{$name}];
    }
    return \%function;
}

my @io = ('files', EIO);
my @asked = ('libpq', 'lost', 'after', 'refused', 'memory');
return {
    open => ['files', EMFILE, EACCES], mkostemp => ['files', ENOSPC, EROFS], read => ['files', EIO, EINTR, 'short'],
    write => ['files', ENOSPC, EINTR, 'short'], close => \@io, fsync => \@io, fchmod => ['files', EPERM],
    chmod => ['files', EPERM], rename => ['files', ENOSPC, EIO], mkdir => ['files', ENOSPC, EACCES], unlink => \@io,
    remove => \@io, access => \@io, stat => \@io, lstat => \@io, fstat => \@io,
    opendir => ['files', EMFILE], readdir => \@io,
    (map { $_ => ['memory', ENOMEM] } qw(malloc calloc realloc mmap EVP_MD_CTX_new EVP_DigestInit_ex)),
    (map { $_ => ['compression', ENOMEM] } qw(ZSTD_createCCtx ZSTD_createDStream ZSTD_CCtx_setParameter ZSTD_compress2
        ZSTD_decompressStream inflateInit2_ inflateReset inflate lzma_stream_decoder lzma_code
        LZ4F_createDecompressionContext LZ4F_decompress)),
    yaml_parser_initialize => ['YAML', ENOMEM], yaml_parser_parse => ['YAML', ENOMEM],
    PQconnectdbParams => ['libpq', 'nobody', 'memory'], PQreset => ['libpq', 'nobody'],
    (map { $_ => \@asked } qw(PQexec PQprepare PQexecPrepared PQsendQueryPrepared PQsendQueryParams)),
    PQpipelineSync => ['libpq', 'lost', 'after', 'memory'], PQgetResult => ['libpq', 'lost', 'after', 'memory'],
    PQenterPipelineMode => ['libpq', 'busy'], PQexitPipelineMode => ['libpq', 'busy'],
    (map { $_ => ['libpq', 'lost'] } qw(PQputCopyData PQputCopyEnd PQconsumeInput)),
    poll => ['libpq', EINTR, ENOMEM],
    pthread_create => ['threads', EAGAIN],
    (map { $_ => ['processes', EMFILE] } qw(pipe2 socketpair socket dup2 getpwnam fopen)),
    fork => ['processes', EAGAIN], execvp => ['processes', ENOENT, EACCES], waitpid => ['processes', EINTR, ECHILD],
    wait4 => ['processes', EINTR, ECHILD], (map { $_ => ['processes', EPERM] } qw(prctl setrlimit getrlimit)),
    kill => ['processes', EPERM, EPERM . '+'], setsid => ['processes', EPERM], send => ['processes', EPIPE],
    bind => ['processes', EADDRINUSE], getsockname => ['processes', ENOBUFS], flock => ['processes', ENOLCK, EINTR],
    chown => ['processes', EPERM], (map { $_ => ['processes', EACCES] } qw(readlink realpath)),
    glob => ['processes', ENOMEM], fread => ['processes', EIO], PQping => ['processes', 'unknown'],
    %{kafka_functions()},
};
