using System.Buffers.Binary;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Wire;
using FlGlm.Server.Hosting;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Training;

/// <summary>
/// An attacker changes a frame of an open session: both sides end it with the expected error, and the other client finishes its run. Most
/// cases run unsealed, since the checks under test come before the seal.
/// </summary>
public sealed class BadFrameTests
{
    private static readonly Dictionary<string, (FaultCode Code, string Report, Func<List<byte[]>, byte[], byte[][]> Meddle)> Attacks = new()
    {
        ["replayed"] = (FaultCode.OutOfOrder, "lost, repeated, or not from the peer", (_, frame) => [frame, frame]),
        ["reordered"] = (FaultCode.OutOfOrder, "lost, repeated, or not from the peer", Swap),
        ["oversized"] = (FaultCode.TooLarge, "(server.max_frame_bytes)", (_, frame) => [Oversized(frame)]),
        ["truncated"] = (FaultCode.Truncated, "ended inside a frame", (_, frame) => [frame[..^20], []]),
    };

    [Theory]
    [InlineData("replayed", true)]
    [InlineData("reordered", false)]
    [InlineData("oversized", false)]
    [InlineData("truncated", false)]
    public async Task A_frame_that_was_changed_ends_its_session_and_no_other(string attack, bool seal)
    {
        var (code, report, meddle) = Attacks[attack];
        await using var run = new TinyRun(TinyRun.Settings(steps: 2, clients: 2), sealedChannel: seal);
        var eve = await run.ConnectAsync("eve", through: new Relay(OnceInTurn(meddle)));
        var attacked = Assert.ThrowsAsync<ProtocolException>(() => eve.RunAsync());
        await TinyRun.UntilAsync(() => run.Seen.Events.Contains("eve joined"));
        var honest = await run.ConnectAsync("honest");

        var served = await honest.RunAsync();

        var refusal = await attacked;
        Assert.Equal((code, true), (refusal.Code, refusal.FromPeer));
        Assert.Contains(report, await run.Seen.Lost, StringComparison.Ordinal);
        Assert.Equal((ClientOutcome.Finished, 2), (served.Outcome, served.Steps));
        Assert.Equal(ServedRun.Complete, await run.Served);
    }

    /// <summary>Starts at the client's last frame of a step; the adapter follows directly.</summary>
    private static Func<FrameDirection, byte[], IEnumerable<byte[]>> OnceInTurn(Func<List<byte[]>, byte[], byte[][]> meddle)
    {
        List<byte[]>? held = null;
        return (direction, frame) =>
        {
            if (direction != FrameDirection.ClientToServer)
                return [frame];
            if (Relay.KindOf(frame) == FrameKind.RoundEnd)
                held = [];
            return held is null ? [frame] : meddle(held, frame);
        };
    }

    private static byte[][] Swap(List<byte[]> held, byte[] frame)
    {
        held.Add(frame);
        return held.Count == 2 ? [held[1], held[0]] : [];
    }

    /// <summary>A consistent header of 2 GiB.</summary>
    private static byte[] Oversized(byte[] frame)
    {
        var changed = (byte[])frame.Clone();
        (changed[36], changed[37]) = (1, 1);
        BinaryPrimitives.WriteUInt32LittleEndian(changed.AsSpan(40), 1 << 29);
        BinaryPrimitives.WriteInt64LittleEndian(changed.AsSpan(56), 1L << 31);
        return changed;
    }
}
