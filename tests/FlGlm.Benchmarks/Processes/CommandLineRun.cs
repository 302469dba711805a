using System.Diagnostics;
using System.Text.Json;
using FlGlm.Testing;

namespace FlGlm.Benchmarks.Processes;

/// <summary>A folder with all that <c>flglm train</c>, <c>server</c> and <c>client</c> need for one run: random model, tokenizer, text, keys.</summary>
internal sealed class CommandLineRun : IDisposable
{
    private const int Words = 60_000;
    private readonly TempFolder _folder = new();
    private readonly int _port = LoopbackPort.Free();

    private CommandLineRun()
    {
    }

    private string Model => _folder.At("model");

    /// <param name="configJson">the model's config.json</param>
    /// <param name="steps">of training, with LoRA</param>
    /// <param name="rows">B</param>
    /// <param name="length">T</param>
    public static async Task<CommandLineRun> PrepareAsync(string configJson, int steps, int rows, int length)
    {
        var run = new CommandLineRun();
        await run.MakeTokenizerAsync();
        var config = run._folder.Write("config.json", configJson);
        await FlGlmProcess.RunAsync("init", "--config", config, "--out", run.Model, "--tokenizer", run._folder.At("tokenizer"));
        await run.MakeKeysAsync();
        run._folder.Write("run.yaml", $$"""
            model: { path: {{run.Model}} }
            peft: { method: lora }
            optimizer: { learning_rate: 1e-3 }
            training: { steps: {{steps}}, batch_size: {{rows}} }
            data: { train: [{{run._folder.At("text.txt")}}], max_length: {{length}} }
            compute: { threads: 1 }
            server: { listen: 127.0.0.1:{{run._port}} }
            client: { connect: 127.0.0.1:{{run._port}} }
            """);
        return run;
    }

    /// <summary>What part of the model's bytes lies with the client, 0..1.</summary>
    public async Task<double> ClientShareAsync()
    {
        using var inspected = JsonDocument.Parse(await OutputAsync("dotnet", Path.Combine(AppContext.BaseDirectory, "flglm.dll"), "inspect", Model, "--split", "1,1", "--json"));
        var parts = inspected.RootElement.GetProperty("parts").EnumerateArray().ToDictionary(
            part => part.GetProperty("stage").GetString()!, part => part.GetProperty("bytes").GetInt64(), StringComparer.OrdinalIgnoreCase);
        return (parts["head"] + parts["tail"]) / (double)parts.Values.Sum();
    }

    /// <summary>Head, middle and tail in one process.</summary>
    public FlGlmProcess Train() => Start("train", null);

    public FlGlmProcess Server() => Start("server", null, Keys("server"));

    /// <param name="step">told the number of every step</param>
    public FlGlmProcess Client(Action<int>? step = null) => Start("client", step, Keys("client"));

    public void Dispose() => _folder.Dispose();

    private FlGlmProcess Start(string command, Action<int>? step, params string[] settings)
    {
        string[] all = [.. settings, $"run.directory={_folder.At("runs", command)}"];
        return new FlGlmProcess([command, "--config", _folder.At("run.yaml"), .. all.SelectMany(setting => new[] { "--set", setting })], step);
    }

    private string[] Keys(string side) => [$"keys.identity={_folder.At(side, "identity.key")}", $"keys.known_peers={_folder.At(side, "known_peers")}"];

    private async Task MakeKeysAsync()
    {
        foreach (var side in new[] { "server", "client" })
            await FlGlmProcess.RunAsync("keys", "--name", side, "--out", _folder.At(side));
        await FlGlmProcess.RunAsync("keys", "--trust", _folder.At("client", "identity.pub"), "--out", _folder.At("server"));
        await FlGlmProcess.RunAsync("keys", "--trust", _folder.At("server", "identity.pub"), "--out", _folder.At("client"));
    }

    /// <summary>Random words, and a SentencePiece model of them.</summary>
    private async Task MakeTokenizerAsync()
    {
        var random = new Random(1);
        var words = Enumerable.Range(0, 500).Select(_ => new string(random.GetItems("abcdefghijklmnopqrstuvwxyz".AsSpan(), random.Next(2, 9)))).ToArray();
        var lines = random.GetItems(words, Words).Chunk(12).Select(line => string.Join(' ', line) + ".");
        var text = _folder.Write("text.txt", string.Join('\n', lines));
        Directory.CreateDirectory(_folder.At("tokenizer"));
        await OutputAsync(
            "spm_train", $"--input={text}", $"--model_prefix={_folder.At("tokenizer", "tokenizer")}", "--vocab_size=256", "--model_type=bpe",
            "--num_threads=1", "--minloglevel=2");
    }

    private static async Task<string> OutputAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} ended with exit code {process.ExitCode}: {await errors}");
    }
}
