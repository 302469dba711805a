using FlGlm.Client.Data;
using FlGlm.Client.Evaluation;
using FlGlm.Client.Events;
using FlGlm.Client.Generation;
using FlGlm.Client.Sessions;
using FlGlm.Client.Tests.Tasks;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Events;
using FlGlm.Server.Events;
using FlGlm.Server.Hosting;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Training;

/// <summary>A random Llama of bytes that is trained on our own rows of a task and validated meanwhile, with a server and in one process.</summary>
internal sealed class ValidatedRun : IDisposable
{
    private readonly TempFolder _folder = new();

    /// <param name="validation">what clients do beside training</param>
    /// <param name="change">changes the plan</param>
    public ValidatedRun(string task, ClientSettings validation, Func<RunPlan, RunPlan>? change = null)
    {
        new TinyLlama { Hidden = 16, Blocks = 3, Vocabulary = ByteTokenizer.Size, MaxPositions = 512 }.Write(_folder.At("model"));
        File.WriteAllBytes(_folder.At("model", "tokenizer.model"), ByteTokenizer.Model());
        Options = new TrainerOptions
        {
            Model = _folder.At("model"),
            Plan = (change ?? (plan => plan))(new RunPlan
            {
                Peft = new PeftSettings { Method = PeftMethod.Lora, Lora = new LoraSettings { Rank = 2, Targets = ["q_proj", "v_proj"] } },
                Optimizer = new OptimizerSettings { LearningRate = 0.05 },
                Training = new TrainingSettings { Steps = 6, BatchSize = 2 },
            }),
            Data = new DataSettings { Task = task, Folder = TaskRows.Fixture(task), MaxLength = 500 },
            Evaluation = new EvaluationSettings { BatchSize = 4 },
            Generation = new GenerationSettings { MaxNewTokens = 4 },
            Client = validation,
        };
    }

    public TrainerOptions Options { get; }

    /// <summary>Settings of clients that differ from the others'.</summary>
    public Dictionary<string, ClientSettings> Own { get; } = [];

    public ServerSettings Server { get; init; } = new() { Listen = "127.0.0.1:0", HandshakeTimeoutS = 120 };

    public string At(params string[] parts) => _folder.At(parts);

    /// <summary>Trains in one process; results are in <c>local</c>.</summary>
    public Task<List<RunEvent>> LocalAsync() => SeenAsync(new LocalTrainer(Options with { Output = At("local", "adapter") }));

    /// <summary>Trains with a server; results are in folders of the sides' names.</summary>
    /// <returns>what each client has reported</returns>
    public async Task<Dictionary<string, List<RunEvent>>> SplitAsync(params string[] clients)
    {
        var plan = Options.Plan with { Clients = new ClientsSettings { Expected = clients.Length, Names = clients } };
        var server = new FlGlmServer(new ServerOptions { Model = Options.Model, Plan = plan, Server = Server, Output = At("server", "adapter") });
        var listening = new TaskCompletionSource<string>();
        var serving = ServeAsync();
        var address = await listening.Task;
        try
        {
            var trained = await Task.WhenAll(clients.Select(name => SeenAsync(new FlGlmClient(Client(name, plan, address)))));
            return clients.Zip(trained).ToDictionary(client => client.First, client => client.Second);
        }
        finally
        {
            await serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task ServeAsync()
        {
            await foreach (var happened in server.RunAsync())
            {
                if (happened is ServerEvent.Listening { Address: var opened })
                    listening.SetResult(opened);
            }
        }
    }

    /// <summary>The tensors of a side's adapter, by file and name.</summary>
    public static Dictionary<string, byte[]> Files(string folder) =>
        Directory.EnumerateFiles(folder, "*.safetensors", SearchOption.AllDirectories).ToDictionary(path => Path.GetRelativePath(folder, path), File.ReadAllBytes);

    /// <summary>The validations among events, in words.</summary>
    public static IReadOnlyList<string> Validations(IEnumerable<RunEvent> events) =>
        [.. events.OfType<ClientEvent.Validated>().Select(each => FormattableString.Invariant($"{each.Step}: {each.Loss.Loss:R} {string.Join(' ', each.Loss.Metrics.Select(metric => $"{metric.Value:R}"))} {each.IsBest}"))];

    public void Dispose() => _folder.Dispose();

    private ClientOptions Client(string name, RunPlan plan, string address) => new()
    {
        Model = Options.Model,
        Plan = plan,
        Data = Options.Data,
        Evaluation = Options.Evaluation,
        Generation = Options.Generation,
        Client = Own.GetValueOrDefault(name, Options.Client) with { Name = name, Connect = address },
        Output = At(name, "adapter"),
    };

    private static async Task<List<RunEvent>> SeenAsync(FlGlmRun run) => await run.RunAsync().ToListAsync();
}
