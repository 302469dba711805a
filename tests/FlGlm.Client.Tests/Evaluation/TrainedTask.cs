using FlGlm.Client.Data;
using FlGlm.Client.Evaluation;
using FlGlm.Client.Generation;
using FlGlm.Client.Sessions;
using FlGlm.Client.Tests.Data;
using FlGlm.Client.Tests.Tasks;
using FlGlm.Client.Training;
using FlGlm.Core.Configuration;
using FlGlm.Core.Crypto;
using FlGlm.Server.Events;
using FlGlm.Server.Hosting;
using FlGlm.Testing;

namespace FlGlm.Client.Tests.Evaluation;

/// <summary>Our own rows of a task, a model, and the adapter that a client and its server have trained on them over loopback.</summary>
internal sealed class TrainedTask : IAsyncDisposable
{
    public const string Stories = "stories260K";
    public const string ChatGlm = "chatglm";
    private const string Client = "client";

    private readonly TempFolder _folder = new();
    private readonly KeyRing? _keys;

    /// <param name="model"><see cref="Stories"/> with LoRA, or <see cref="ChatGlm"/>, a random ChatGLM-6B of bytes, with P-tuning v2</param>
    public TrainedTask(string task, string model, string pattern = "", bool isSealed = false)
    {
        Model = model == Stories ? SharedFolder.At("data", "weights", "stories260K-hf") : WriteChatGlm();
        Plan = new RunPlan
        {
            Peft = new PeftSettings
            {
                Method = model == Stories ? PeftMethod.Lora : PeftMethod.PTuningV2,
                Lora = new LoraSettings { Rank = 4, Targets = ["q_proj", "v_proj"] },
                Prefix = new PrefixSettings { Length = 4 },
            },
            Optimizer = new OptimizerSettings { LearningRate = 1e-2 },
            Training = new TrainingSettings { Steps = 3, BatchSize = 3 },
        };
        Data = new DataSettings { Task = task, Folder = TaskRows.Fixture(task), Pattern = pattern, MaxLength = 500 };
        _keys = isSealed ? new KeyRing("server", [Client]) : null;
    }

    public string Model { get; }

    public RunPlan Plan { get; }

    public DataSettings Data { get; }

    /// <summary>The adapter of all three parts.</summary>
    public string Adapter => At("adapter");

    public string At(params string[] parts) => _folder.At(parts);

    /// <summary>Trains through a server.</summary>
    public async Task TrainAsync()
    {
        await ServeAsync(Plan, isTrained: true, address => new FlGlmClient(new ClientOptions
        {
            Model = Model, Plan = Plan, Data = Data, Seal = _keys?[Client], Output = Adapter, Client = new ClientSettings { Name = Client, Connect = address },
        }).RunToEndAsync());
    }

    /// <summary>Evaluates with the adapter, the middle at a server.</summary>
    /// <returns>the result, and the text of <c>predictions.jsonl</c></returns>
    public async Task<(EvaluationSummary Summary, string Predictions)> EvaluateRemotelyAsync()
    {
        (EvaluationSummary, string) result = default;
        var plan = Plan with { Peft = Plan.Peft with { Start = Adapter } };
        await ServeAsync(plan, isTrained: false, async address => result = await EvaluateAsync(
            Options("remote") with { Server = new ClientSettings { Name = Client, Connect = address }, Seal = _keys?[Client] }));
        return result;
    }

    /// <summary>Evaluates.</summary>
    /// <inheritdoc cref="EvaluateRemotelyAsync"/>
    public static async Task<(EvaluationSummary Summary, string Predictions)> EvaluateAsync(EvaluatorOptions options)
    {
        var evaluator = new Evaluator(options);
        await evaluator.RunToEndAsync();
        return (evaluator.Summary!, await File.ReadAllTextAsync(Path.Combine(options.Output, "predictions.jsonl")));
    }

    /// <summary>The options of an evaluation with the adapter in one process.</summary>
    /// <param name="output">the name of its folder</param>
    public EvaluatorOptions Options(string output) => new()
    {
        Model = Model,
        Plan = Plan with { Peft = Plan.Peft with { Start = Adapter } },
        Data = Data,
        Generation = new GenerationSettings { MaxNewTokens = 6 },
        Evaluation = new EvaluationSettings { BatchSize = 4, Resamples = 10 },
        Output = At(output),
    };

    public async ValueTask DisposeAsync()
    {
        if (_keys is not null)
            await _keys.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>Runs a client with a server, which ends by itself where it trains.</summary>
    private async Task ServeAsync(RunPlan plan, bool isTrained, Func<string, Task> client)
    {
        var server = new FlGlmServer(new ServerOptions
        {
            Model = Model, Plan = plan, Seal = _keys?["server"], Server = new ServerSettings { Listen = "127.0.0.1:0", GenerateOnly = !isTrained, HandshakeTimeoutS = 120 },
        });
        var work = Task.CompletedTask;
        await foreach (var happened in server.RunAsync())
        {
            if (happened is not ServerEvent.Listening { Address: var address })
                continue;
            work = RunAsync(address);
        }

        await work;

        async Task RunAsync(string address)
        {
            try
            {
                await client(address);
            }
            finally
            {
                if (!isTrained)
                    server.Stop();
            }
        }
    }

    private string WriteChatGlm()
    {
        new TinyChatGlm { Vocabulary = 352, Marks = [5, 6, 9, 10], MaxPositions = 512, Deviation = 0.1 }.Write(At("model"));
        File.WriteAllBytes(At("model", "ice_text.model"), ChatGlmFolder.TextModel());
        return At("model");
    }
}
