using System.Runtime.InteropServices;
using FlGlm.Core.Checkpoints;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Processes;

/// <summary>With an empty head, h0 consists of unchanged rows of the embedding, which an eavesdropper could recognise.</summary>
public sealed class EavesdropperTests
{
    private static readonly string[] Settings = ["split.head=0", "training.steps=8"];

    [Fact]
    public async Task A_marker_is_on_the_wire_of_an_insecure_run_and_not_of_a_sealed_one_whose_losses_are_the_same()
    {
        using var open = new SplitFolder { Insecure = true };
        using var closed = new SplitFolder();

        var captures = await Task.WhenAll(CaptureAsync(open), CaptureAsync(closed));

        var markers = Markers(open);
        Assert.All(markers, marker => Assert.True(Contains(captures[0], marker)));
        Assert.DoesNotContain(markers, marker => Contains(captures[1], marker[..8]));
        Assert.Equal(open.Losses("ada"), closed.Losses("ada"));
        await using (var train = InProcessFlGlm.Start(closed.Train(Settings)))
            await train.ExitsWithAsync(0);
        Assert.Equal(closed.Losses("train"), closed.Losses("ada"));
        var payload = CapturedFrames.Sealed(captures[1]);
        Assert.InRange(payload.Length, 0.9 * captures[1].Length, captures[1].Length);
        Assert.InRange(CapturedFrames.EntropyPerByte(payload), 7.99, 8);
        Assert.InRange(CapturedFrames.EntropyPerByte(captures[0]), 0, 7.9);
    }

    /// <returns>all bytes of a run, of both directions</returns>
    private static async Task<byte[]> CaptureAsync(SplitFolder folder)
    {
        await using var server = InProcessFlGlm.Start(folder.Server(Settings));
        await using var proxy = new RecordingProxy(await server.AddressAsync());
        await using var client = InProcessFlGlm.Start(folder.Client("ada", proxy.Address, Settings));
        await client.ExitsWithAsync(0);
        await server.ExitsWithAsync(0);
        Assert.Equal(folder.Insecure, client.Output.Lines.All(line => line.StartsWith("[insecure] ", StringComparison.Ordinal)));
        return [.. proxy.Up, .. proxy.Down];
    }

    /// <summary>The embedding's rows of the letters that every sentence of the text holds.</summary>
    private static List<byte[]> Markers(SplitFolder folder)
    {
        using var checkpoint = HfCheckpoint.Open(folder.At("model"));
        using var embedding = checkpoint.Read("model.embed_tokens.weight", [SplitFolder.Model.Vocabulary, SplitFolder.Model.Hidden], "the test");
        return [.. ByteTokenizer.Ids("ferry").Distinct().Select(id => MemoryMarshal.AsBytes<float>(embedding[id].data<float>().ToArray()).ToArray())];
    }

    private static bool Contains(byte[] capture, byte[] marker) => capture.AsSpan().IndexOf(marker) >= 0;
}
