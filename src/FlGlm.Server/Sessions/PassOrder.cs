using FlGlm.Core.Configuration;

namespace FlGlm.Server.Sessions;

/// <summary>A client's passes come in order, counted from 1.</summary>
internal sealed class PassOrder
{
    private long _last;

    /// <summary>Whether a pass has been requested already.</summary>
    public bool HasSeen(long pass) => pass >= 1 && pass <= _last;

    /// <exception cref="ProtocolException">Another pass is next.</exception>
    public void Expect(long pass)
    {
        if (pass != _last + 1)
            throw new ProtocolException(FaultCode.WrongStep, $"Pass {pass} came where {_last + 1} was expected.");
    }

    /// <summary>The next pass is accepted.</summary>
    public void Take() => _last++;
}
