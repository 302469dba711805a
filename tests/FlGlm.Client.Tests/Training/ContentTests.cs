using System.Text.Json;
using FlGlm.Client.Tests.Generation;
using FlGlm.Core.Checkpoints;
using FlGlm.Core.Configuration;
using FlGlm.Core.Peft;
using FlGlm.Core.Planning;
using FlGlm.Core.Wire;
using FlGlm.Core.Wire.Messages;
using FlGlm.Testing;
using Google.Protobuf;
using static TorchSharp.torch;

namespace FlGlm.Client.Tests.Training;

/// <summary>What the sides of a run hold of base model and start adapter is compared before the first step.</summary>
public sealed class ContentTests : IDisposable
{
    private const string Adapted = "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Equal_checkpoints_agree_and_both_sides_say_how_many_tensors_were_compared()
    {
        await using var run = new TinyRun(TinyRun.Settings(steps: 1));
        var client = await run.ConnectAsync(content: run.ContentOf(TinyRun.Model.Write(_folder.At("copy"))));

        Assert.Equal(1, (await client.RunAsync()).Steps);

        Assert.Equal(new ContentComparison(run.Family.Tensors.Count, 0, 0), await client.Seen.Content);
        Assert.Equal(await client.Seen.Content, run.Seen.Content["client"]);
    }

    [Fact]
    public async Task Another_base_of_the_same_shape_is_refused_by_its_first_tensor()
    {
        await using var run = new TinyRun(TinyRun.Settings(steps: 1));
        var other = await run.ConnectAsync("other", content: run.ContentOf((TinyRun.Model with { Seed = 2 }).Write(_folder.At("other"))));

        var refusal = await Assert.ThrowsAsync<ProtocolException>(() => other.RunAsync());

        Assert.Equal((FaultCode.PlanMismatch, true, ExitCode.Protocol), (refusal.Code, refusal.FromPeer, refusal.ExitCode));
        Assert.Contains("'model.embed_tokens.weight' of the base model (and ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("other values at the server than at the client. Use the same checkpoint (model.path) on both sides.", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("model.embed_tokens.weight", await run.Seen.Lost, StringComparison.Ordinal);
        var right = await run.ConnectAsync("right");
        Assert.Equal(1, (await right.RunAsync()).Steps);
    }

    [Fact]
    public async Task Another_start_adapter_is_refused_and_the_same_one_in_another_place_is_not()
    {
        var settings = TinyRun.Settings(steps: 1);
        await using var run = new TinyRun(settings with { Peft = settings.Peft with { Start = WriteAdapter("adapter", 1) } });
        var other = await run.ConnectAsync("other", content: run.ContentOf(run.Checkpoint.Directory, WriteAdapter("other", 2)));

        var refusal = await Assert.ThrowsAsync<ProtocolException>(() => other.RunAsync());

        Assert.Contains($"'{Adapted}' of the adapter to start from has other values", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Use the same adapter (peft.start) on both sides.", refusal.Message, StringComparison.Ordinal);
        var same = await run.ConnectAsync("same", content: run.ContentOf(run.Checkpoint.Directory, WriteAdapter("copy", 1)));
        Assert.Equal(1, (await same.RunAsync()).Steps);
        Assert.Equal(run.Family.Tensors.Count + 1, (await same.Seen.Content).Compared);
    }

    [Fact]
    public async Task A_client_without_the_middles_shard_agrees_and_says_so()
    {
        await using var run = new TinyRun(TinyRun.Settings(steps: 1));
        var client = await run.ConnectAsync(content: run.ContentOf(WriteShards("partial", TinyRun.Model, missing: "model.layers.1.")));

        Assert.Equal(1, (await client.RunAsync()).Steps);

        var missing = run.Family.Tensors.Count(tensor => tensor.Name.StartsWith("model.layers.1.", StringComparison.Ordinal));
        Assert.Equal(new ContentComparison(run.Family.Tensors.Count - missing, OnlyServer: missing, OnlyClient: 0), await client.Seen.Content);
        Assert.Contains($"{missing} only the server has", (await client.Seen.Content).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_clients_that_hold_different_tails_are_found_by_a_server_that_holds_none()
    {
        await using var run = new TinyRun(TinyRun.Settings(steps: 1, clients: 2), files: WriteShards("server", TinyRun.Model, missing: "lm_head."));
        var held = new TaskCompletionSource();
        var first = await run.ConnectAsync("first", content: run.ContentOf(TinyRun.Model.Write(_folder.At("first"))));
        first.Trainer.BeforeStep = _ => held.Task;
        var end = first.RunAsync();
        await TinyRun.UntilAsync(() => run.Seen.Events.Contains("first joined"));
        var other = await run.ConnectAsync("other", content: run.ContentOf(WriteShards("other", TinyRun.Model, changed: "lm_head.weight")));
        _ = other.Seen.InQueue.ContinueWith(_ => held.TrySetResult(), TaskScheduler.Default); // if it is not refused

        var refusal = await Assert.ThrowsAsync<ProtocolException>(() => other.RunAsync());

        Assert.Contains("'lm_head.weight' of the base model has other values at this client than at another one", refusal.Message, StringComparison.Ordinal);
        var second = await run.ConnectAsync("second", content: run.ContentOf(TinyRun.Model.Write(_folder.At("second"))));
        held.TrySetResult();
        Assert.Equal(1, (await second.RunAsync()).Steps);
        Assert.Equal(1, (await end).Steps);
        Assert.Equal(1, (await second.Seen.Content).OnlyClient);
    }

    [Fact]
    public async Task For_generation_tensors_are_compared_too()
    {
        await using var run = new TinyRun(TinyRun.Settings());
        var content = run.ContentOf((TinyRun.Model with { Seed = 2 }).Write(_folder.At("other")));

        var refusal = await Assert.ThrowsAsync<ProtocolException>(() => GenerationClient.ConnectAsync(run, content: content));
        await using var client = await GenerationClient.ConnectAsync(run);

        Assert.Equal(FaultCode.PlanMismatch, refusal.Code);
        Assert.Equal(run.Family.Tensors.Count, client.Session.Content.Compared);
    }

    [Theory]
    [InlineData(32, "a", "a")]
    [InlineData(31, "a", "b")]
    public async Task Hashes_that_are_none_are_malformed(int bytes, params string[] names)
    {
        await using var run = new TinyRun(TinyRun.Settings());
        var channel = await run.OpenAsync();
        await channel.SendAsync(FrameKind.Join, new Join { Samples = 1, Version = BuildVersion.Current }, null, default);
        (await channel.ExpectAsync(FrameKind.Plan, default)).Dispose();
        var accepted = new PlanAccepted();
        accepted.Tensors.AddRange(names.Select(name => new PlanAccepted.Types.Tensor { Name = name, Hash = ByteString.CopyFrom(new byte[bytes]) }));

        await channel.SendAsync(FrameKind.PlanAccepted, accepted, null, default);

        var refusal = await Assert.ThrowsAsync<ProtocolException>(async () => await channel.ExpectAsync(FrameKind.ContentAgreed, default));
        Assert.Equal((FaultCode.Malformed, true), (refusal.Code, refusal.FromPeer));
    }

    [Fact]
    public async Task Every_run_has_an_id_and_generation_none()
    {
        await using var run = new TinyRun(TinyRun.Settings());
        await using var another = new TinyRun(TinyRun.Settings());

        string[] ids = [await RunIdAsync(run, generate: false), await RunIdAsync(run, generate: false), await RunIdAsync(another, generate: false)];

        Assert.Matches("^[0-9a-f]{32}$", ids[0]);
        Assert.Equal(ids[0], ids[1]);
        Assert.NotEqual(ids[0], ids[2]);
        Assert.Equal("", await RunIdAsync(run, generate: true));
    }

    private static async Task<string> RunIdAsync(TinyRun run, bool generate)
    {
        var channel = await run.OpenAsync();
        await channel.SendAsync(FrameKind.Join, new Join { Samples = 1, Version = BuildVersion.Current, Generate = generate }, null, default);
        using var plan = await channel.ExpectAsync(FrameKind.Plan, default);
        return PlanText.Read(plan.Parse<Plan>().Settings).RunId;
    }

    private string WriteAdapter(string name, float value)
    {
        using var weights = full(2, TinyRun.Model.Hidden, value);
        AdapterDirectory.Write(_folder.At(name), new Adapter(new LoraAdapterConfig { Rank = 2 }, new Dictionary<string, Tensor> { [Adapted] = weights }));
        return _folder.At(name);
    }

    /// <summary>A checkpoint of one shard per tensor.</summary>
    /// <param name="missing">shards of tensors whose names begin so are left out</param>
    /// <param name="changed">a tensor that has other values</param>
    private string WriteShards(string name, TinyModel model, string? missing = null, string? changed = null)
    {
        using var scope = NewDisposeScope();
        using var whole = HfCheckpoint.Open(model.Write(_folder.At(name)));
        var files = new Dictionary<string, string>();
        foreach (var tensor in model.Family.Tensors)
        {
            files[tensor.Name] = $"{tensor.Name}.safetensors";
            var value = whole.Read(tensor.Name, tensor.Shape, "a test");
            if (missing is null || !tensor.Name.StartsWith(missing, StringComparison.Ordinal))
                SafetensorsWriter.Write(_folder.At(name, files[tensor.Name]), new Dictionary<string, Tensor> { [tensor.Name] = tensor.Name == changed ? value + 1 : value });
        }

        File.Delete(_folder.At(name, "model.safetensors"));
        _folder.Write($"{name}/model.safetensors.index.json", JsonSerializer.Serialize(new Dictionary<string, object> { ["weight_map"] = files }));
        return _folder.At(name);
    }
}
