using static TorchSharp.torch;

namespace FlGlm.Core.Splitting;

/// <summary>The one thread per device that computes with tensors: libtorch has memory pools, scopes, gradient modes and numbers of threads per thread.</summary>
public sealed class ComputeLane : IDisposable
{
    private readonly Queue<Work> _queue = [];
    private readonly Thread _thread;
    private bool _closed;

    /// <summary>Starts the thread.</summary>
    /// <param name="threads">
    /// libtorch's, from the first operation on; null = as many as the thread has that makes the lane. The last digits of a product depend on it.
    /// </param>
    public ComputeLane(string name, int? threads = null)
    {
        Threads = threads ?? get_num_threads();
        _thread = new Thread(Run) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>libtorch's threads, whatever other threads set for themselves.</summary>
    public int Threads { get; }

    /// <summary>Runs <paramref name="compute"/> after everything queued before it.</summary>
    /// <exception cref="ObjectDisposedException">The lane is closed.</exception>
    public Task<T> RunAsync<T>(Func<T> compute, CancellationToken ct) => Add(new Work<T>(compute, isSent: false, ct));

    /// <inheritdoc cref="RunAsync{T}"/>
    public Task RunAsync(Action compute, CancellationToken ct) => RunAsync(
        () =>
        {
            compute();
            return true;
        },
        ct);

    /// <summary>
    /// Like <see cref="RunAsync{T}"/>, but while nothing else is queued the lane's thread also runs the code that awaits the result, up to its
    /// next await: the thread that computed a hidden state seals and sends it, since waking another thread costs 0.1 ms.
    /// </summary>
    /// <remarks>The awaiting code must not block: the lane would wait for itself.</remarks>
    /// <exception cref="ObjectDisposedException">The lane is closed.</exception>
    public Task<T> RunThenSendAsync<T>(Func<T> compute, CancellationToken ct) => Add(new Work<T>(compute, isSent: true, ct));

    /// <summary>Waits until all queued work is done.</summary>
    public void Dispose()
    {
        lock (_queue)
        {
            _closed = true;
            Monitor.Pulse(_queue);
        }

        if (Thread.CurrentThread != _thread)
            _thread.Join();
    }

    private Task<T> Add<T>(Work<T> work)
    {
        lock (_queue)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            _queue.Enqueue(work);
            Monitor.Pulse(_queue);
        }

        return work.Result;
    }

    private void Run()
    {
        SetThreads();
        while (Take() is { } work)
        {
            work.Compute();
            if (!work.IsSent || (!work.HasFailed && IsQueueEmpty()))
                work.Execute();
            else
                ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: false);
        }
    }

    /// <summary>
    /// A new thread has all processors until libtorch's first parallel loop, and from then on the number that any thread has set last: asking
    /// for it takes that number at once, so that it can be replaced.
    /// </summary>
    private void SetThreads()
    {
        _ = get_num_threads();
        set_num_threads(Threads);
    }

    /// <summary>Sleeps while the queue is empty: spinning would take the core from the thread that queues the next work.</summary>
    /// <returns>null when the lane is closed and the queue empty</returns>
    private Work? Take()
    {
        lock (_queue)
        {
            while (_queue.Count == 0)
            {
                if (_closed)
                    return null;
                Monitor.Wait(_queue);
            }

            return _queue.Dequeue();
        }
    }

    private bool IsQueueEmpty()
    {
        lock (_queue)
            return _queue.Count == 0;
    }

    /// <summary>A computation and the task of its result.</summary>
    private abstract class Work(bool isSent) : IThreadPoolWorkItem
    {
        /// <summary>The thread that sets the result also runs the code that awaits it.</summary>
        public bool IsSent { get; } = isSent;

        /// <summary>The computation failed, so there is no result to send; the code that handles the exception may block.</summary>
        public abstract bool HasFailed { get; }

        /// <summary>Computes and stores the result.</summary>
        public abstract void Compute();

        /// <summary>Sets the result of the task, which may run the code that awaits it.</summary>
        public abstract void Execute();
    }

    private sealed class Work<T>(Func<T> compute, bool isSent, CancellationToken ct) : Work(isSent)
    {
        private readonly TaskCompletionSource<T> _done = new(isSent ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _value;
        private Exception? _failure;

        public Task<T> Result => _done.Task;

        public override bool HasFailed => _failure is not null;

        public override void Compute()
        {
            try
            {
                ct.ThrowIfCancellationRequested();
                _value = compute();
            }
#pragma warning disable CA1031 // every exception is passed to the caller through the task
            catch (Exception failure)
            {
                _failure = failure;
            }
        }

        public override void Execute()
        {
            if (_failure is null)
                _done.SetResult(_value!);
            else if (_failure is OperationCanceledException cancelled && ct.IsCancellationRequested)
                _done.SetCanceled(cancelled.CancellationToken);
            else
                _done.SetException(_failure);
        }
    }
}
