using System.Text.RegularExpressions;
using FlGlm.EndToEnd.Tests.Processes;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.BadInput;

/// <summary>Clients that a server refuses, or that refuse the server: both sides report the reason, and the server continues.</summary>
public sealed partial class BadClientTests
{
    [Theory]
    [InlineData("split.head=0", "split.head is 1 at the server, 0 at the client")]
    [InlineData("peft.method=none", "peft.method is lora at the server, none at the client")]
    [InlineData("peft.lora.rank=2", "peft.lora.rank is 4 at the server, 2 at the client")]
    [InlineData("clients.expected=2", "clients.expected is 1 at the server, 2 at the client")]
    [InlineData("compute.dtype=bfloat16", "compute.dtype is float32 at the server, bfloat16 at the client")]
    [InlineData("model.path=OTHER", "model.path (intermediate) is 48 at the server, 40 at the client", "model.path (fingerprint) is ")]
    public async Task A_plan_that_differs_is_refused_by_its_key(string setting, params string[] differences)
    {
        Assert.SkipUnless(TestScope.IsAll || setting is "split.head=0" or "model.path=OTHER", TestScope.OnlyInAll);
        using var folder = new SplitFolder { Insecure = true };
        var other = folder.WriteModel("other", SplitFolder.Model with { Intermediate = 40, TiedHead = true });
        await using var server = await ServingServer.StartAsync(folder);

        var client = folder.Client("eve", server.Address, setting.Replace("OTHER", other, StringComparison.Ordinal));
        await server.RefusesAsync(client, 5, [.. differences, "Set both sides alike"], "eve is gone: ");

        await server.FinishesAsync();
    }

    [Fact]
    public async Task A_checkpoint_with_other_values_is_refused_and_the_same_one_agrees()
    {
        using var folder = new SplitFolder { Insecure = true };
        var other = folder.WriteModel("other", SplitFolder.Model with { Seed = 2 });
        await using var server = await ServingServer.StartAsync(folder);

        await server.RefusesAsync(
            folder.Client("eve", server.Address, $"model.path={other}"),
            5,
            ["'model.embed_tokens.weight' of the base model (and ", "has other values at the server than at the client. Use the same checkpoint (model.path) on both sides"],
            "eve is gone: The tensor 'model.embed_tokens.weight' of the base model");

        await server.FinishesAsync();
        string[] logs = [File.ReadAllText(folder.At("server", "flglm.log")), File.ReadAllText(folder.At("ada", "flglm.log"))];
        Assert.All(logs, log => Assert.Contains("tensors are equal on both sides; 0 only the server has, 0 only the client", log, StringComparison.Ordinal));
        Assert.Single(logs.Select(log => RunId().Match(log).Value).Distinct(), id => id.Length > 0);
    }

    [Fact]
    public async Task A_side_that_does_not_prove_who_it_is_is_refused()
    {
        using var folder = new SplitFolder();
        await using var server = await ServingServer.StartAsync(folder);
        var other = $"This client connected to {server.Address}: or client.connect names another server than the one you mean.";

        await server.RefusesAsync(
            folder.Client("eve", server.Address), 6, ["does not accept the identity key", "`flglm keys`", other], "of 'eve' is not in '");

        var impostor = folder.Client("ada", server.Address);
        Identities.Write(folder.At("ada-keys"), "eve", "server");
        await server.RefusesAsync(
            impostor, 6, ["does not accept the identity key"], "'ada' shows another identity key than the pinned one: expected ");

        var deceived = folder.Client("ada", server.Address);
        File.WriteAllText(folder.At("ada-keys", "known_peers"), Identities.Line("eve").Replace(" eve", " server", StringComparison.Ordinal) + "\n");
        await server.RefusesAsync(
            deceived, 6, ["'server' shows another identity key than the pinned one: expected ", "replace its line in '", "known_peers", other], "it refused a key");

        using var open = new SplitFolder { Insecure = true };
        const string Mismatch = "the client was started with --insecure and the server seals its frames";
        await server.RefusesAsync(open.Client("ada", server.Address), 5, [Mismatch, "or use it on both sides"], Mismatch);

        await server.FinishesAsync();
    }

    [Fact]
    public async Task A_client_that_seals_is_refused_by_a_server_that_does_not()
    {
        using var folder = new SplitFolder { Insecure = true };
        using var closed = new SplitFolder();
        await using var server = await ServingServer.StartAsync(folder);

        const string Mismatch = "the client seals its frames and the server was started with --insecure";
        await server.RefusesAsync(closed.Client("ada", server.Address), 5, [Mismatch, "or use it on both sides"], Mismatch);

        await server.FinishesAsync();
    }

    [Fact]
    public async Task A_frame_changed_on_the_way_is_refused()
    {
        using var folder = new SplitFolder { Clients = ["ada", "ben"] };
        await using var server = await ServingServer.StartAsync(folder);

        var ben = InProcessFlGlm.Start(folder.Client("ben", server.Address));
        await using (var proxy = new RecordingProxy(server.Address) { Tamper = 20_000 })
            await server.RefusesAsync(folder.Client("ada", proxy.Address), 6, ["ended the session", "sealed frame"], "ada is gone: ", side: "ada");

        await server.FinishesAsync("ben", ben);
    }

    [GeneratedRegex("run [0-9a-f]{32}")]
    private static partial Regex RunId();
}
