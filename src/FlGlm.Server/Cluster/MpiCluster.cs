using System.Runtime.InteropServices;

namespace FlGlm.Server.Cluster;

/// <summary>
/// The processes that <c>mpirun</c> has started, over Open MPI. One thread makes all calls: it asks whether messages have come and are sent, and
/// sleeps in between, since a blocking receive would keep a core busy for as long as it waits.
/// </summary>
internal sealed class MpiCluster : ICluster
{
    private static readonly TimeSpan ShortestSleep = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMilliseconds(20);

    /// <summary>While bytes are under way: Open MPI moves them when it is called.</summary>
    private static readonly TimeSpan LongestSleepInTransfer = TimeSpan.FromMilliseconds(2);

    private readonly List<Operation> _begun = [];
    private readonly List<Operation> _new = [];
    private readonly TaskCompletionSource<MpiLibrary> _library = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;
    private bool _ends;
    private bool _finishes;

    private MpiCluster()
    {
        _thread = new Thread(Run) { Name = "mpi", IsBackground = true };
        _thread.Start();
    }

    public int Rank => Library.Rank;

    public int Size => Library.Size;

    public string Host => Library.Host;

    private MpiLibrary Library => _library.Task.GetAwaiter().GetResult();

    /// <summary>Takes part in the job that has started this process.</summary>
    /// <exception cref="Core.Configuration.ConfigurationException">It was not started by one, or Open MPI is not here.</exception>
    public static MpiCluster Open()
    {
        MpiProcess.Rank();
        var cluster = new MpiCluster();
        _ = cluster.Library;
        return cluster;
    }

    public Task SendAsync(int rank, ClusterTag tag, byte[] message, CancellationToken ct) => Add(new Operation(rank, tag, message, ct)).WaitAsync(ct);

    public Task<byte[]> ReceiveAsync(int rank, ClusterTag tag, CancellationToken ct) => Add(new Operation(rank, tag, message: null, ct)).WaitAsync(ct);

    public Task EndAsync()
    {
        End(finishes: true);
        return _ended.Task;
    }

    /// <summary>Without <see cref="EndAsync"/> the library is left as it is: to finish it would wait for the others, and a job whose process has not done so is over.</summary>
    public async ValueTask DisposeAsync()
    {
        End(finishes: false);
        await _ended.Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void End(bool finishes)
    {
        lock (_new)
        {
            if (!_ends)
                (_ends, _finishes) = (true, finishes);
            Monitor.Pulse(_new);
        }
    }

    private Task<byte[]> Add(Operation operation)
    {
        lock (_new)
        {
            ObjectDisposedException.ThrowIf(_ends, this);
            _new.Add(operation);
            Monitor.Pulse(_new);
        }

        return operation.Done;
    }

    private void Run()
    {
        try
        {
            var library = new MpiLibrary();
            _library.SetResult(library);
            Serve(library);
            if (_finishes)
                library.Finish();
            _ended.SetResult();
        }
#pragma warning disable CA1031 // every exception is passed to the caller
        catch (Exception e)
        {
            _library.TrySetException(e);
            _ended.TrySetException(e);
        }
    }

    private void Serve(MpiLibrary library)
    {
        var sleep = ShortestSleep;
        while (Take(sleep))
        {
            var left = _begun.RemoveAll(operation => operation.TryEnd(library));
            sleep = left > 0 ? ShortestSleep : 2 * sleep;
            var longest = _begun.Exists(operation => operation.IsTransferring) ? LongestSleepInTransfer : LongestSleep;
            if (sleep > longest)
                sleep = longest;
        }
    }

    /// <summary>Sleeps, less where there is something new; for as long as it takes where there is nothing else.</summary>
    /// <returns>whether the cluster goes on</returns>
    private bool Take(TimeSpan sleep)
    {
        lock (_new)
        {
            if (_new.Count == 0 && !_ends)
                Monitor.Wait(_new, _begun.Count == 0 ? Timeout.InfiniteTimeSpan : sleep);
            _begun.AddRange(_new);
            _new.Clear();
            return !_ends;
        }
    }

    /// <summary>A message on its way.</summary>
    /// <param name="message">to send; null = to receive one</param>
    private sealed class Operation(int rank, ClusterTag tag, byte[]? message, CancellationToken ct)
    {
        private readonly TaskCompletionSource<byte[]> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly bool _sends = message is not null;
        private byte[]? _bytes = message;
        private GCHandle _pin;
        private nint _request;

        /// <summary>Completes with the message.</summary>
        public Task<byte[]> Done => _done.Task;

        public bool IsTransferring => _pin.IsAllocated;

        /// <returns>whether it is over</returns>
        public bool TryEnd(MpiLibrary library)
        {
            try
            {
                if (!IsTransferring && !TryBegin(library))
                    return _done.Task.IsCompleted;
                if (!library.IsDone(ref _request))
                    return false;
                _done.TrySetResult(_bytes!);
            }
#pragma warning disable CA1031 // every exception is passed to the caller
            catch (Exception e)
            {
                _done.TrySetException(e);
            }

            if (_pin.IsAllocated)
                _pin.Free();
            return true;
        }

        /// <summary>What has begun is not cancelled: its memory stays in use until it is done.</summary>
        private unsafe bool TryBegin(MpiLibrary library)
        {
            if (ct.IsCancellationRequested)
                return !_done.TrySetCanceled(ct);
            if (!_sends)
            {
                if (library.Probe(rank, tag) is not { } length)
                    return false;
                _bytes = GC.AllocateUninitializedArray<byte>(length);
            }

            _pin = GCHandle.Alloc(_bytes, GCHandleType.Pinned);
            var at = (byte*)_pin.AddrOfPinnedObject();
            _request = _sends ? library.Send(at, _bytes!.Length, rank, tag) : library.Receive(at, _bytes!.Length, rank, tag);
            return true;
        }
    }
}
