using FlGlm.Core.Models;
using FlGlm.Core.Splitting;
using FlGlm.Core.Wire.Messages;
using static TorchSharp.torch;

namespace FlGlm.Server.Sessions;

/// <summary>The passes of a client that generates, or answers questions between two of its steps: keys and values are kept from one to the next.</summary>
internal sealed class CachedPasses : IDisposable
{
    private readonly CachedMiddle _middle;
    private readonly GenerationRules _rules;

    public CachedPasses(SessionDependencies server)
    {
        _middle = new CachedMiddle(server.Stage);
        _rules = new GenerationRules(_middle, server.Stage.Blueprint.Family, server.Settings, server.Caches);
    }

    /// <summary>Whole rows; keys and values of before are dropped.</summary>
    /// <returns>their layout, and what computes hN-2 for h0 on the lane of the client's middle</returns>
    /// <exception cref="Core.Configuration.ProtocolException">The pass breaks a rule.</exception>
    public (SequenceLayout Layout, Func<MiddleStage, Tensor, Tensor> Compute) Prefill(Pass request)
    {
        var layout = _rules.Check(request);
        return (layout, (stage, hidden) => _middle.On(stage).Prefill(hidden, layout));
    }

    /// <summary>More tokens of rows.</summary>
    /// <inheritdoc cref="Prefill"/>
    public (SequenceLayout Layout, Func<MiddleStage, Tensor, Tensor> Compute) Decode(DecodePass request)
    {
        var layout = _rules.Check(request);
        return (layout, (stage, hidden) => _middle.On(stage).Decode(hidden, request.Rows, layout.Lengths));
    }

    /// <summary>Drops keys and values, then returns their share of the memory that all clients may use. Nothing may be under way.</summary>
    public void Dispose()
    {
        _middle.Dispose();
        _rules.Dispose();
    }
}
