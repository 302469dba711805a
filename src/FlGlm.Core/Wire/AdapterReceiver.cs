using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Peft;
using FlGlm.Core.Wire.Messages;
using static TorchSharp.torch;

namespace FlGlm.Core.Wire;

/// <summary>Assembles a received adapter. Every chunk is checked against the expected tensors before memory is allocated for it.</summary>
internal sealed class AdapterReceiver : IDisposable
{
    private readonly IReadOnlyList<ParameterSpec> _specs;
    private readonly Dictionary<string, ParameterSpec> _due;
    private readonly Dictionary<string, Tensor> _complete = new(StringComparer.Ordinal);
    private (ParameterSpec Spec, Tensor Value, long Offset)? _current;

    public AdapterReceiver(IEnumerable<ParameterSpec> specs)
    {
        _specs = [.. specs];
        _due = _specs.ToDictionary(spec => spec.Name, StringComparer.Ordinal);
    }

    /// <exception cref="ProtocolException">The chunk is not one that is expected.</exception>
    public void Add(Frame frame)
    {
        var header = frame.Parse<AdapterTensor>();
        var (spec, value, offset) = _current ?? Begin(header);
        var element = ElementTypes.FromScalarType(spec.Dtype);
        if (header.Name != spec.Name || header.Offset != offset)
            throw Wrong(FaultCode.Unexpected, $"'{header.Name}' from {header.Offset} came where '{spec.Name}' from {offset} was expected");
        if (!header.Dims.SequenceEqual(spec.Dims) || frame.Spec.Element != element)
            throw Wrong(FaultCode.WrongShape, $"'{header.Name}' came as {frame.Spec.Element} [{string.Join(", ", header.Dims)}], not {element} [{string.Join(", ", spec.Dims)}]");
        if (frame.Spec.Rank != 1 || frame.Spec.Dim0 == 0 || frame.Spec.Dim0 > spec.Count - offset)
            throw Wrong(FaultCode.WrongShape, $"a chunk of {frame.Spec.Dim0} numbers does not fit '{header.Name}' of {spec.Count} at {offset}");
        if (!frame.IsFinite)
            throw Wrong(FaultCode.NotFinite, $"'{header.Name}' holds NaN or infinity");
        using (var part = value.narrow(0, offset, frame.Spec.Dim0))
            frame.Payload.CopyTo(part.bytes);
        offset += frame.Spec.Dim0;
        _current = (spec, value, offset);
        if (offset == spec.Count)
            Finish();
    }

    /// <returns>every tensor, in the order of the specs, whatever the order of arrival; the caller disposes them</returns>
    /// <exception cref="ProtocolException">Something is missing.</exception>
    public ParameterSet Complete()
    {
        if (_current is not null || _due.Count > 0)
            throw Wrong(FaultCode.Unexpected, $"it ended before '{_current?.Spec.Name ?? _due.Keys.First()}' was complete");
        var set = new ParameterSet([.. _specs.Select(spec => (spec.Name, _complete[spec.Name]))]);
        _complete.Clear();
        return set;
    }

    public void Dispose()
    {
        _current?.Value.Dispose();
        foreach (var value in _complete.Values)
            value.Dispose();
    }

    private (ParameterSpec Spec, Tensor Value, long Offset) Begin(AdapterTensor header)
    {
        if (!_due.Remove(header.Name, out var spec))
            throw Wrong(FaultCode.Unexpected, $"'{header.Name}' is not part of it, or came twice");
        return (spec, empty(spec.Count, dtype: spec.Dtype).DetachFromDisposeScope(), 0);
    }

    private void Finish()
    {
        var (spec, flat, _) = _current!.Value;
        using (flat)
            _complete.Add(spec.Name, flat.view([.. spec.Dims]).DetachFromDisposeScope());
        _current = null;
    }

    private static ProtocolException Wrong(FaultCode code, string what) => new(code, $"An adapter does not fit the plan: {what}.");
}
