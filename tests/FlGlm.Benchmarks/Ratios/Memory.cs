using FlGlm.Benchmarks.Measuring;
using FlGlm.Benchmarks.Processes;

namespace FlGlm.Benchmarks.Ratios;

/// <summary>Peak memory of client and server against a centralised run, and whether thousands of steps leave anything behind.</summary>
internal sealed class Memory : IBenchmark
{
    private const double MebiByte = 1 << 20;
    private const int LargeSteps = 6;
    private const int TinySteps = 3_000;
    private const int LookEvery = 100;

    /// <summary>By then every buffer and pool has been used for the first time, and .NET's heap has the size that it keeps: seen, the same from here to step 8,000.</summary>
    private const int WarmSteps = 2_000;

    /// <summary>A single tensor of [B, T, H] left behind at every step would make 62 MiB of it.</summary>
    private const double NoGrowthMiB = 4;
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(2);

    public string Name => "memory";

    /// <summary>One run each: peaks do not scatter as times do.</summary>
    public async Task<IReadOnlyList<Result>> RunAsync(int steps)
    {
        if (!OperatingSystem.IsLinux())
            return [new Result { Ratio = "memory", Case = "all", Note = "skipped: it reads /proc" }];
        using var tiny = await CommandLineRun.PrepareAsync(Config(blocks: 4, hidden: 64, ffn: 176, heads: 4, vocabulary: 512), TinySteps, rows: 8, length: 32);
        var idle = await IdleAsync(tiny);
        return [.. await PeaksAsync(idle), .. await GrowthAsync(tiny)];
    }

    /// <summary>A client of a tiny model that waits for its server in vain: runtime, libtorch, keys.</summary>
    private static async Task<long> IdleAsync(CommandLineRun tiny)
    {
        await using var waiting = tiny.Client();
        var watch = new MemoryWatch(waiting);
        var (before, now) = (0L, 0L);
        do
        {
            await Task.Delay(Calm);
            (before, now) = (now, watch.Resident);
        }
        while (Math.Abs(now - before) > MebiByte);
        return now;
    }

    private static async Task<IReadOnlyList<Result>> PeaksAsync(long idle)
    {
        using var run = await CommandLineRun.PrepareAsync(
            Config(blocks: 12, hidden: 1024, ffn: 2816, heads: 16, vocabulary: 8000), LargeSteps, rows: 8, length: 128);
        var share = await run.ClientShareAsync();
        await using var alone = run.Train();
        var whole = await new MemoryWatch(alone).PeakAsync() - idle;
        await using var server = run.Server();
        await using var client = run.Client();
        var (serverMemory, clientMemory) = (new MemoryWatch(server), new MemoryWatch(client));
        var (atClient, atServer) = (await clientMemory.PeakAsync() - idle, await serverMemory.PeakAsync() - idle);
        return
        [
            Peak("client", atClient, whole, share, idle) with { Bar = Bar.AtMost(1.2) },
            Peak("server", atServer, whole, 1 - share, idle),
        ];
    }

    private static Result Peak(string side, long bytes, long whole, double share, long idle) => new()
    {
        Ratio = "memory peak / (weight share x centralised peak)",
        Case = side,
        Ours = $"{bytes / MebiByte:F0} MiB",
        Baseline = $"{share:P1} of {whole / MebiByte:F0} MiB",
        Value = bytes / (share * whole),
        Note = $"above an idle flglm's {idle / MebiByte:F0} MiB; 12 blocks, H 1024, FFN 2816, V 8000, T 128, B 8, LoRA, {LargeSteps} steps, sealed",
    };

    private static async Task<IReadOnlyList<Result>> GrowthAsync(CommandLineRun tiny)
    {
        var (atServer, atClient) = (new List<long>(), new List<long>());
        await using var server = tiny.Server();
        var serverMemory = new MemoryWatch(server);
        MemoryWatch? clientMemory = null;
        await using var client = tiny.Client(step =>
        {
            if (step % LookEvery != 0 || Volatile.Read(ref clientMemory) is not { } self)
                return;
            atClient.Add(self.Resident);
            atServer.Add(serverMemory.Resident);
        });
        Volatile.Write(ref clientMemory, new MemoryWatch(client));
        await client.EndAsync();
        await server.EndAsync();
        return [Growth("client", atClient), Growth("server", atServer)];
    }

    private static Result Growth(string side, List<long> resident) => new()
    {
        Ratio = $"memory growth from step {WarmSteps} to {TinySteps}",
        Case = side,
        Ours = $"{resident[^1] / MebiByte:F1} MiB",
        Baseline = $"{Warm(resident) / MebiByte:F1} MiB",
        Value = (resident[^1] - Warm(resident)) / MebiByte,
        Unit = "MiB",
        Bar = Bar.AtMost(NoGrowthMiB),
        Note = $"resident every {LookEvery} steps: {string.Join(", ", resident.Select(bytes => $"{bytes / MebiByte:F1}"))}; 4 blocks, H 64, LoRA, ten key periods",
    };

    private static long Warm(List<long> resident) => resident[(WarmSteps / LookEvery) - 1];

    private static string Config(int blocks, int hidden, int ffn, int heads, int vocabulary) => $$"""
        {
          "model_type": "llama", "architectures": ["LlamaForCausalLM"], "num_hidden_layers": {{blocks}}, "hidden_size": {{hidden}},
          "intermediate_size": {{ffn}}, "num_attention_heads": {{heads}}, "num_key_value_heads": {{heads}}, "vocab_size": {{vocabulary}},
          "max_position_embeddings": 512, "rms_norm_eps": 1e-6, "tie_word_embeddings": false
        }
        """;
}
