using System.Diagnostics;
using FlGlm.Core.Configuration;
using FlGlm.Core.Crypto;
using FlGlm.Core.Events;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;

namespace FlGlm.Client.Sessions;

/// <summary>What a server says of itself to a client that takes no part, over a connection with the same handshake as a run's.</summary>
/// <param name="Name">its name: that on the list of known peers, or without keys the one that it claims</param>
/// <param name="Version">its build</param>
/// <param name="RunId">of the run that it serves; empty = it only generates</param>
/// <param name="Clients">the number that the run expects</param>
/// <param name="Clock">its clock, when it answered</param>
/// <param name="RoundTrip">from the request to the answer</param>
public sealed record ServerInquiry(string Name, string Version, string RunId, int Clients, DateTimeOffset Clock, TimeSpan RoundTrip)
{
    /// <summary>Connects, asks and leaves. The server neither counts nor waits for this client.</summary>
    /// <param name="settings">name, address and how long to retry</param>
    /// <param name="seal">this client's keys; null = --insecure</param>
    /// <exception cref="NetworkException">The server cannot be reached.</exception>
    /// <exception cref="SealException">A side refuses the other's identity key.</exception>
    /// <exception cref="ProtocolException">What answers is no FL-GLM server, or one of another version.</exception>
    public static async Task<ServerInquiry> AskAsync(ClientSettings settings, SealOptions? seal, CancellationToken ct = default)
    {
        var channel = await ServerConnection.OpenAsync(settings, seal, new RunEvents(), ct).ConfigureAwait(false);
        await using var channelScope = channel.ConfigureAwait(false);
        var asked = Stopwatch.GetTimestamp();
        await channel.SendAsync(FrameKind.StatusRequest, new StatusRequest(), null, ct).ConfigureAwait(false);
        using var frame = await channel.ExpectAsync(FrameKind.ServerStatus, ct).ConfigureAwait(false);
        var (answer, roundTrip) = (frame.Parse<ServerStatus>(), Stopwatch.GetElapsedTime(asked));
        return new ServerInquiry(channel.Peer.Name, answer.Version, answer.RunId, answer.Clients, ClockOf(answer), roundTrip);
    }

    private static DateTimeOffset ClockOf(ServerStatus answer)
    {
        try
        {
            return DateTimeOffset.FromUnixTimeMilliseconds(answer.UnixMs);
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new ProtocolException(FaultCode.Malformed, $"The server's clock says {answer.UnixMs} ms since 1970, which is no time.", e);
        }
    }
}
