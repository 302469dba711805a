using FlGlm.Core.Configuration;
using FlGlm.Core.Models;
using FlGlm.Core.Splitting;
using FlGlm.Core.Wire.Messages;
using FlGlm.Server.Hosting;

namespace FlGlm.Server.Sessions;

/// <summary>Checks requests that go on from keys and values: existing rows, no more tokens than the model and the cache limit allow.</summary>
/// <param name="settings">with the limits of one client and of all</param>
/// <param name="caches">what all clients hold</param>
internal sealed class GenerationRules(CachedMiddle middle, ModelFamily family, ServerSettings settings, CacheBudget caches) : IDisposable
{
    private const string Remedy = "generation.batch_size, num_beams, max_new_tokens; in an evaluation also evaluation.batch_size.";

    private long _held;

    /// <exception cref="ProtocolException">The pass breaks a rule.</exception>
    public SequenceLayout Check(Pass pass)
    {
        var layout = PassLayout.Read(pass, family);
        Fits(middle.BytesOf(layout.Rows, layout.Length));
        return layout;
    }

    /// <inheritdoc cref="Check(Pass)"/>
    public SequenceLayout Check(DecodePass pass)
    {
        if (middle.Layout is not { } last)
            throw new ProtocolException(FaultCode.Unexpected, "A Decode frame came before any Prefill.");
        if (pass.Rows.Count == 0)
            throw PassLayout.Wrong("no rows came");
        foreach (var row in pass.Rows.Where(row => row < 0 || row >= last.Rows))
            throw PassLayout.Wrong($"row {row} is to be continued where there are {last.Rows}");
        if (pass.Lengths.Count > 0 && pass.Lengths.Count != pass.Rows.Count)
            throw PassLayout.Wrong($"{pass.Lengths.Count} lengths came for {pass.Rows.Count} rows");
        if (pass.Lengths.Any(length => length < 1 || length > family.Shape.MaxPositions))
            throw PassLayout.Wrong($"a row is to go on by {pass.Lengths.First(length => length < 1 || length > family.Shape.MaxPositions)} tokens");
        var next = last.Next(pass.Rows, pass.Lengths.Count > 0 ? pass.Lengths : null);
        var longest = Enumerable.Range(0, next.Rows).Max(row => next.Before(row) + next.Lengths[row]);
        if (longest > family.Shape.MaxPositions)
            throw PassLayout.Wrong($"a row is to be continued to {longest} tokens; this model takes {family.Shape.MaxPositions}");
        Fits(middle.BytesAfter(next.Rows, next.Length));
        return next;
    }

    /// <summary>Returns this client's share of the memory; its cache is disposed before.</summary>
    public void Dispose() => caches.TryChange(_held, 0);

    private void Fits(long bytes)
    {
        if (bytes > settings.MaxCacheBytes)
        {
            throw new ProtocolException(
                FaultCode.CacheFull,
                $"The keys and values of these rows take {bytes:N0} bytes; the server allows a client {settings.MaxCacheBytes:N0} (server.max_cache_bytes). Request fewer rows or tokens: {Remedy}");
        }

        if (!caches.TryChange(_held, bytes))
        {
            throw new ProtocolException(
                FaultCode.CacheFull,
                $"The keys and values of these rows take {bytes:N0} bytes, and with those of the other clients more than the server allows in all, {settings.MaxCacheTotalBytes:N0} "
                + $"(server.max_cache_total_bytes). Try again when others are done, or request fewer rows or tokens: {Remedy}");
        }

        _held = bytes;
    }
}
