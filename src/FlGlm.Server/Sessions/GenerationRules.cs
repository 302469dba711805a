using FlGlm.Core.Models;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using FlGlm.Server.Stages;

namespace FlGlm.Server.Sessions;

/// <summary>Checks the requests of a generating client: passes in order, existing rows, no more tokens than the model and the cache limit allow.</summary>
/// <param name="maxCacheBytes">the limit of one session</param>
internal sealed class GenerationRules(CachedMiddle middle, ModelFamily family, long maxCacheBytes)
{
    private long _lastPass;

    /// <exception cref="ProtocolException">The pass breaks a rule.</exception>
    public SequenceLayout Check(Pass pass)
    {
        InOrder(pass.Step);
        var layout = PassLayout.Read(pass, family);
        Fits(middle.BytesOf(layout.Rows, layout.Length));
        return layout;
    }

    /// <inheritdoc cref="Check(Pass)"/>
    public SequenceLayout Check(DecodePass pass)
    {
        InOrder(pass.Step);
        if (middle.Layout is not { } last)
            throw new ProtocolException(FaultCode.Unexpected, "A Decode frame came before any Prefill.");
        if (pass.Rows.Count == 0)
            throw PassLayout.Wrong("no rows came");
        foreach (var row in pass.Rows.Where(row => row < 0 || row >= last.Rows))
            throw PassLayout.Wrong($"row {row} is to be continued where there are {last.Rows}");
        var next = last.Next(pass.Rows);
        if (next.Past!.Max() >= family.Shape.MaxPositions)
            throw PassLayout.Wrong($"a row of {family.Shape.MaxPositions} tokens is to be continued; this model takes no more");
        Fits(middle.BytesAfter(next.Rows));
        return next;
    }

    private void InOrder(long step)
    {
        if (step != ++_lastPass)
            throw new ProtocolException(FaultCode.WrongStep, $"Pass {step} came where {_lastPass} was expected.");
    }

    private void Fits(long bytes)
    {
        if (bytes <= maxCacheBytes)
            return;
        throw new ProtocolException(
            FaultCode.CacheFull,
            $"The keys and values of these rows take {bytes:N0} bytes; the server allows a client {maxCacheBytes:N0} (server.max_cache_bytes). "
            + "Request fewer rows or tokens: generation.batch_size, num_beams, max_new_tokens.");
    }
}
