using System.Text.Json.Nodes;
using System.Threading.Channels;
using FlGlm.Core.Configuration;
using FlGlm.Server.Tap;
using static TorchSharp.torch;

namespace FlGlm.Privacy.Tap;

/// <summary>
/// Records what a server sees in a folder: <c>manifest.jsonl</c> has a line for each frame, a safetensors file holds the tensors of a pass, another those
/// of an adapter that travels. Nothing else gets in: no token and no label, since the server has none. A thread of the pool writes; the run waits for no disk.
/// </summary>
public sealed class Recorder : IServerTap, IAsyncDisposable
{
    /// <summary>Where a disk is slower than the run, tensors that wait for it may take this much memory; then the recording ends.</summary>
    private const long MaxWaitingBytes = 1L << 30;

    private readonly Channel<(TappedFrame Frame, Tensor? Tensor)> _frames = Channel.CreateUnbounded<(TappedFrame, Tensor?)>(new UnboundedChannelOptions { SingleReader = true });
    private readonly RecordingWriter _writer;
    private readonly Task _writing;
    private long _waiting;
    private Exception? _failure;

    /// <param name="folder">made if need be</param>
    /// <exception cref="ConfigurationException">The folder holds a recording already, or cannot be written.</exception>
    public Recorder(string folder)
    {
        _writer = new RecordingWriter(folder);
        _writing = Task.Run(WriteAsync);
    }

    /// <inheritdoc/>
    public void Seen(TappedFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        if (Volatile.Read(ref _failure) is { } failure)
            throw failure;
        if (Interlocked.Add(ref _waiting, frame.Bytes) > MaxWaitingBytes)
            throw new IOException($"the disk of '{_writer.Folder}' is slower than the run");
        _frames.Writer.TryWrite((frame, frame.Tensor is null ? null : frame.CopyTensor()));
    }

    /// <summary>Writes what is left. A failure has been the server's warning.</summary>
    public async ValueTask DisposeAsync()
    {
        _frames.Writer.TryComplete();
        await _writing.ConfigureAwait(false);
    }

    private async Task WriteAsync()
    {
        try
        {
            await foreach (var (frame, tensor) in _frames.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                _writer.Add(frame, JsonNode.Parse(frame.Facts)!, tensor);
                Interlocked.Add(ref _waiting, -frame.Bytes);
            }

            _writer.Complete();
        }
#pragma warning disable CA1031 // passed on to the next frame, whose server warns
        catch (Exception e)
        {
            Volatile.Write(ref _failure, e);
        }
        finally
        {
            while (_frames.Reader.TryRead(out var rest))
                rest.Tensor?.Dispose();
            _writer.Dispose();
        }
    }
}
