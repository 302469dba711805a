using FlGlm.Client.Data;
using FlGlm.Client.Defences;
using FlGlm.Client.Evaluation;
using FlGlm.Client.Generation;
using FlGlm.Client.Sessions;
using FlGlm.Client.Tasks;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Training;

/// <summary>What a <see cref="LocalTrainer"/> needs, and with <see cref="ClientOptions"/> an <see cref="FlGlmClient"/>.</summary>
public record TrainerOptions
{
    /// <summary>The checkpoint directory; a client needs the tensors of head and tail only.</summary>
    public required string Model { get; init; }

    /// <summary>The settings of the run; what they leave unset follows from the model.</summary>
    public RunPlan Plan { get; init; } = new();

    /// <summary>Files to train on and to validate with. Not read where <see cref="Examples"/> are given.</summary>
    public DataSettings Data { get; init; } = new();

    /// <summary>A task of your own whose rows the files hold; null = the one that <see cref="DataSettings.Task"/> names, if any.</summary>
    public LanguageTask? Task { get; init; }

    /// <summary>Rows to train on, made with <see cref="TextTokenizer.EncodeExample"/>; null = those of <see cref="Data"/>.</summary>
    public IReadOnlyList<Example>? Examples { get; init; }

    /// <summary>The client's name and, with a server, its address and limits; also when to validate.</summary>
    public ClientSettings Client { get; init; } = new();

    /// <summary>How answers are scored where <see cref="ClientSettings.EvalMetric"/> asks for the task's metric; no resamples are drawn then.</summary>
    public EvaluationSettings Evaluation { get; init; } = new();

    /// <summary>How free answers are written there.</summary>
    public GenerationSettings Generation { get; init; } = new();

    /// <summary>Where and in which dtype the stages of this process compute.</summary>
    public ComputeSettings Compute { get; init; } = new();

    /// <summary>Changes what leaves this side; null = nothing is changed.</summary>
    public IBoundaryDefence? Defence { get; init; }

    /// <summary>Lengths in ascending order: rows of training and validation are padded to the first that holds them, which is what the server sees; none = they leave with their own.</summary>
    public IReadOnlyList<int> LengthBuckets { get; init; } = [];

    /// <summary>Steps between two reports of the norms of what this side trains (<see cref="Events.ClientEvent.AdapterNorms"/>); 0 = none.</summary>
    public int NormsEvery { get; init; }

    /// <summary>Where the trained values are written; empty = nowhere.</summary>
    public string Output { get; init; } = "";

    /// <summary>The folder of the run's checkpoints; empty = none are written. One that has some is refused without <see cref="Resume"/>.</summary>
    public string Checkpoints { get; init; } = "";

    /// <summary>The run goes on where its checkpoints say; without any it begins.</summary>
    public bool Resume { get; init; }

    /// <summary>The checkpoint with which <see cref="Resume"/> goes on, which removes later ones; empty = the newest.</summary>
    public string ResumeFrom { get; init; } = "";
}
