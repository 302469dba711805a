using FlGlm.Core.Peft;
using FlGlm.Core.Wire.Messages;
using static TorchSharp.torch;

namespace FlGlm.Core.Wire;

/// <summary>An adapter on its way in: nothing is believed, and nothing is allocated that is not due.</summary>
internal sealed class AdapterGathering : IDisposable
{
    private readonly IReadOnlyList<ParameterForm> _forms;
    private readonly Dictionary<string, ParameterForm> _due;
    private readonly Dictionary<string, Tensor> _complete = new(StringComparer.Ordinal);
    private (ParameterForm Form, Tensor Value, long Offset)? _growing;

    public AdapterGathering(IEnumerable<ParameterForm> forms)
    {
        _forms = [.. forms];
        _due = _forms.ToDictionary(form => form.Name, StringComparer.Ordinal);
    }

    /// <exception cref="ProtocolException">The chunk is not one that is due.</exception>
    public void Add(Frame frame)
    {
        var header = frame.Parse<AdapterTensor>();
        var (form, value, offset) = _growing ?? Begin(header);
        var element = TensorPayload.ElementOf(form.Dtype);
        if (header.Name != form.Name || header.Offset != offset)
            throw Wrong(FaultCode.Unexpected, $"'{header.Name}' from {header.Offset} came where '{form.Name}' from {offset} was due");
        if (!header.Dims.SequenceEqual(form.Dims) || frame.Form.Element != element)
            throw Wrong(FaultCode.WrongShape, $"'{header.Name}' came as {frame.Form.Element} [{string.Join(", ", header.Dims)}], not {element} [{string.Join(", ", form.Dims)}]");
        if (frame.Form.Rank != 1 || frame.Form.Dim0 == 0 || frame.Form.Dim0 > form.Count - offset)
            throw Wrong(FaultCode.WrongShape, $"a chunk of {frame.Form.Dim0} numbers does not fit '{header.Name}' of {form.Count} at {offset}");
        if (!frame.IsFinite)
            throw Wrong(FaultCode.NotFinite, $"'{header.Name}' holds NaN or infinity");
        using (var part = value.narrow(0, offset, frame.Form.Dim0))
            frame.Payload.CopyTo(part.bytes);
        offset += frame.Form.Dim0;
        _growing = (form, value, offset);
        if (offset == form.Count)
            Finish();
    }

    /// <returns>every tensor, in the order of the forms, however they came; the caller's</returns>
    /// <exception cref="ProtocolException">Something is missing.</exception>
    public ParameterSet Complete()
    {
        if (_growing is not null || _due.Count > 0)
            throw Wrong(FaultCode.Unexpected, $"it ended before '{_growing?.Form.Name ?? _due.Keys.First()}' was complete");
        var set = new ParameterSet([.. _forms.Select(form => (form.Name, _complete[form.Name]))]);
        _complete.Clear();
        return set;
    }

    public void Dispose()
    {
        _growing?.Value.Dispose();
        foreach (var value in _complete.Values)
            value.Dispose();
    }

    private (ParameterForm Form, Tensor Value, long Offset) Begin(AdapterTensor header)
    {
        if (!_due.Remove(header.Name, out var form))
            throw Wrong(FaultCode.Unexpected, $"'{header.Name}' is not part of it, or came twice");
        return (form, empty(form.Count, dtype: form.Dtype).DetachFromDisposeScope(), 0);
    }

    private void Finish()
    {
        var (form, flat, _) = _growing!.Value;
        using (flat)
            _complete.Add(form.Name, flat.view([.. form.Dims]).DetachFromDisposeScope());
        _growing = null;
    }

    private static ProtocolException Wrong(FaultCode code, string what) => new(code, $"An adapter does not fit the plan: {what}.");
}
