using FlGlm.Client.Tests.Training;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Wire;
using FlGlm.Server.Hosting;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Recovery;

/// <summary>A connection that is broken, or whose frames are changed on the way, costs no step: the client goes on over another one.</summary>
public sealed class ReconnectTests
{
    /// <summary>What happens to one frame: that which comes after the given number of frames of its direction.</summary>
    private static readonly Dictionary<string, Func<List<byte[]>, byte[], byte[][]>> Attacks = new()
    {
        ["repeated"] = (_, frame) => [frame, frame],
        ["reordered"] = Swap,
        ["cut"] = (_, frame) => [frame[..(frame.Length / 2)], []],
        ["dropped"] = (_, _) => [],
        ["changed"] = (_, frame) => [Changed(frame)],
    };

    public static TheoryData<string, bool, int> Cases()
    {
        var cases = new TheoryData<string, bool, int>();
        foreach (var attack in Attacks.Keys)
        {
            foreach (var (fromClient, number) in TestScope.IsAll ? [(true, 5), (true, 6), (true, 7), (true, 8), (false, 6), (false, 7), (false, 8)] : new[] { (true, 6), (false, 7) })
                cases.Add(attack, fromClient, number);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_frame_that_is_changed_on_the_way_costs_no_step(string attack, bool fromClient, int number)
    {
        Assert.SkipUnless(TestScope.IsAll || (fromClient && attack != "reordered"), TestScope.OnlyInAll);
        await using var run = new TinyRun(Settings(), sealedChannel: true);
        var connections = 0;
        var client = await run.ConnectAsync(through: new Relay(Once(attack, fromClient, number)), again: () =>
        {
            connections++;
            return null;
        });
        var local = await run.TrainLocallyAsync();

        var ended = await client.RunAsync();

        Assert.Equal(ClientOutcome.Finished, ended.Outcome);
        Assert.InRange(connections, 1, 3); // more than one where the server held the first for alive
        Assert.Equal(local.Losses, client.Trainer.Losses);
        Assert.Equal((5, 5), run.MiddleSteps);
        Assert.Equal(ServedRun.Complete, await run.Served);
    }

    [Fact]
    public async Task Five_connections_that_break_between_a_request_and_its_reply_end_the_client_with_exit_code_6()
    {
        await using var run = new TinyRun(Settings());
        var connections = 0;
        var client = await run.ConnectAsync(through: CutsAtForward(), again: () =>
        {
            connections++;
            return CutsAtForward();
        });

        var error = await Assert.ThrowsAsync<SealException>(() => client.RunAsync());

        Assert.Equal(ExitCode.Seal, error.ExitCode);
        Assert.InRange(connections, 4, 12); // more than four where the server held one for alive
        Assert.StartsWith("5 connections in a row broke between a request and its reply", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_identity_is_never_tried_again()
    {
        await using var run = new TinyRun(Settings());
        var connections = 0;
        var client = await run.ConnectAsync(through: CutsAtForward(), again: () =>
        {
            connections++;
            throw new SealException("The server does not know this key.") { IsUnknownIdentity = true };
        });

        await Assert.ThrowsAsync<SealException>(() => client.RunAsync());

        Assert.Equal(1, connections);
    }

    private static RunPlan Settings()
    {
        var settings = TinyRun.Settings(dropout: 0.1);
        return settings with { Clients = settings.Clients with { WhenLost = WhenLost.Wait } };
    }

    private static Relay CutsAtForward() => new((_, frame) => Relay.KindOf(frame) == FrameKind.Forward ? [[]] : [frame]);

    private static Func<FrameDirection, byte[], IEnumerable<byte[]>> Once(string attack, bool fromClient, int number)
    {
        var (seen, held, isDone) = (0, new List<byte[]>(), false);
        return (direction, frame) =>
        {
            if (isDone || fromClient != (direction == FrameDirection.ClientToServer) || Relay.KindOf(frame) < FrameKind.Forward || seen++ < number)
                return [frame];
            var passed = Attacks[attack](held, frame);
            isDone = held.Count != 1;
            return passed;
        };
    }

    /// <summary>Keeps a frame, and sends it after the next.</summary>
    private static byte[][] Swap(List<byte[]> held, byte[] frame)
    {
        held.Add(frame);
        return held.Count == 1 ? [] : [frame, held[0]];
    }

    private static byte[] Changed(byte[] frame)
    {
        var changed = frame.ToArray();
        changed[^1] ^= 1;
        return changed;
    }
}
