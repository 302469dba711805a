using FlGlm.Core.Peft;
using FlGlm.Core.Splitting;
using FlGlm.Core.Wire.Messages;
using static TorchSharp.torch;

namespace FlGlm.Core.Wire;

/// <summary>Named tensors as frames: each in one or more AdapterTensor chunks, then one AdapterEnd.</summary>
public static class AdapterFrames
{
    /// <summary>A chunk is no larger than this, whatever the frame limit.</summary>
    public const long MaxChunkBytes = 1L << 24;

    /// <summary>Sends parameters as they are now.</summary>
    public static Task SendAsync(
        IFrameChannel channel, ComputeLane lane, IEnumerable<NamedParameter> parameters, long maxFrameBytes, CancellationToken ct) =>
        SendAsync(channel, lane, [.. parameters.Select(parameter => (parameter.Name, (Tensor)parameter.Value))], maxFrameBytes, ct);

    /// <summary>Sends tensors, in order, each no larger per frame than the receiver takes.</summary>
    public static async Task SendAsync(
        IFrameChannel channel, ComputeLane lane, IReadOnlyList<(string Name, Tensor Value)> tensors, long maxFrameBytes, CancellationToken ct)
    {
        foreach (var (name, value) in tensors)
        {
            using var flat = await lane.RunAsync(() => Flat(value), ct);
            var chunk = Math.Min(maxFrameBytes, MaxChunkBytes) / flat.element_size();
            for (var offset = 0L; offset < flat.numel(); offset += chunk)
            {
                using var part = flat.narrow(0, offset, Math.Min(chunk, flat.numel() - offset));
                var header = new AdapterTensor { Name = name, Offset = offset };
                header.Dims.AddRange(value.shape);
                await channel.SendAsync(FrameKind.AdapterTensor, header, new TensorPayload(part), ct);
            }
        }

        await channel.SendAsync(FrameKind.AdapterEnd, new AdapterEnd { Tensors = tensors.Count }, null, ct);
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
            using var frame = await receive(ct);
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

    private static Tensor Flat(Tensor value)
    {
        using var scope = NewDisposeScope();
        return value.detach().cpu().contiguous().flatten().DetachFromDisposeScope();
    }
}
