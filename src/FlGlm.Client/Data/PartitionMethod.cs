namespace FlGlm.Client.Data;

/// <summary>How the training rows are divided among the clients.</summary>
public enum PartitionMethod
{
    /// <summary>Not at all: this client trains on all of them.</summary>
    None,

    /// <summary>Shuffled, then cut into parts whose sizes differ by one row at most.</summary>
    Iid,

    /// <summary>Sorted by label, then cut into such parts (paper, section 4.3.2: its non-IID parts of COPA).</summary>
    LabelSkew,

    /// <summary>Of each label every part gets a share that is drawn from a Dirichlet distribution; of rows without labels, of all rows.</summary>
    Dirichlet,

    /// <summary>Shuffled, then the first rows to part 1, the next to part 2, as many as <see cref="PartitionSettings.Counts"/> says.</summary>
    Counts,

    /// <summary>Each file is the part of its place in <see cref="DataSettings.Train"/>.</summary>
    Files,
}
