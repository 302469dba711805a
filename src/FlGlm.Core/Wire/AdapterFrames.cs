using FlGlm.Core.Configuration;
using FlGlm.Core.Peft;
using FlGlm.Core.Wire.Messages;
using static TorchSharp.torch;

namespace FlGlm.Core.Wire;

/// <summary>Named tensors as frames: each in one or more AdapterTensor chunks, then one AdapterEnd.</summary>
internal static class AdapterFrames
{
    /// <summary>A chunk is no larger than this, whatever the frame limit.</summary>
    public const long MaxChunkBytes = 1L << 24;

    /// <summary>Sends tensors, in order, each no larger per frame than the receiver takes.</summary>
    /// <param name="parameters">a snapshot: nothing changes it while it is sent</param>
    /// <param name="limit">how long the peer may take for one frame</param>
    /// <param name="limitKey">the setting that says so</param>
    /// <param name="stopping">ends it between two frames</param>
    /// <param name="ct">ends it also within a frame, and with it the channel</param>
    /// <exception cref="ProtocolException">The peer took longer.</exception>
    public static async Task SendAsync(
        IFrameChannel channel, ParameterSet parameters, long maxFrameBytes, TimeSpan limit, string limitKey, CancellationToken stopping, CancellationToken ct)
    {
        foreach (var (name, value) in parameters.Tensors)
        {
            using var flat = Flat(value);
            var chunk = Math.Min(maxFrameBytes, MaxChunkBytes) / flat.element_size();
            for (var offset = 0L; offset < flat.numel(); offset += chunk)
            {
                using var part = flat.narrow(0, offset, Math.Min(chunk, flat.numel() - offset));
                var header = new AdapterTensor { Name = name, Offset = offset };
                header.Dims.AddRange(value.shape);
                stopping.ThrowIfCancellationRequested();
                await SendAsync(channel, header, part, limit, limitKey, ct).ConfigureAwait(false);
            }
        }

        await channel.SendAsync(FrameKind.AdapterEnd, new AdapterEnd { Tensors = parameters.Tensors.Count }, null, ct).ConfigureAwait(false);
    }

    /// <summary>Receives frames until the adapter is complete.</summary>
    /// <param name="receive">the next frame</param>
    /// <param name="specs">the expected tensors; they may arrive in any order, each exactly once</param>
    /// <returns>the tensors in the order of <paramref name="specs"/>; the caller disposes them</returns>
    /// <exception cref="ProtocolException">A frame of another kind, or a tensor that is not expected.</exception>
    public static async Task<ParameterSet> ReceiveAsync(
        Func<CancellationToken, ValueTask<Frame>> receive, IEnumerable<ParameterSpec> specs, CancellationToken ct)
    {
        using var receiver = new AdapterReceiver(specs);
        while (true)
        {
            using var frame = await receive(ct).ConfigureAwait(false);
            switch (frame.Kind)
            {
                case FrameKind.AdapterTensor:
                    receiver.Add(frame);
                    break;
                case FrameKind.AdapterEnd:
                    return receiver.Complete();
                default:
                    throw new ProtocolException(FaultCode.Unexpected, $"A {frame.Kind} frame came where an adapter was expected.");
            }
        }
    }

    private static async Task SendAsync(IFrameChannel channel, AdapterTensor header, Tensor part, TimeSpan limit, string limitKey, CancellationToken ct)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(limit);
        try
        {
            await channel.SendAsync(FrameKind.AdapterTensor, header, new TensorPayload(part), timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new ProtocolException(FaultCode.Timeout, $"{channel.Peer} has not read a part of '{header.Name}' for {limit.TotalSeconds:0.###} s ({limitKey}).");
        }
    }

    private static Tensor Flat(Tensor value)
    {
        using var scope = NewDisposeScope();
        return value.contiguous().flatten().DetachFromDisposeScope();
    }
}
