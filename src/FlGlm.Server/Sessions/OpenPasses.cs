using FlGlm.Core.Configuration;

namespace FlGlm.Server.Sessions;

/// <summary>The passes of one session that wait for their gradient, by step.</summary>
internal sealed class OpenPasses : IDisposable
{
    /// <summary>A client that keeps more passes open than this is refused: each holds the graph of a whole batch.</summary>
    public const int Capacity = 4;

    private readonly Dictionary<long, OpenPass> _passes = [];

    public bool IsEmpty => _passes.Count == 0;

    /// <exception cref="ProtocolException">Too many passes are open already.</exception>
    public void ExpectRoom()
    {
        if (_passes.Count == Capacity)
            throw new ProtocolException(FaultCode.WrongStep, $"{Capacity} passes wait for their gradient already; a client must send those first.");
    }

    public void Add(long step, OpenPass pass) => _passes.Add(step, pass);

    /// <exception cref="ProtocolException">No such pass is open.</exception>
    public OpenPass Take(long step) => _passes.Remove(step, out var pass)
        ? pass
        : throw new ProtocolException(FaultCode.WrongStep, $"No pass {step} waits for a gradient.");

    public void Dispose()
    {
        foreach (var pass in _passes.Values)
            pass.Dispose();
        _passes.Clear();
    }
}
