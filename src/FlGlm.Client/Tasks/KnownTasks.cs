using FlGlm.Client.Tasks.Generation;
using FlGlm.Client.Tasks.SuperGlue;
using FlGlm.Core.Configuration;

namespace FlGlm.Client.Tasks;

/// <summary>The tasks that <c>data.task</c> may name: the eight of SuperGLUE, and the paper's three of generation.</summary>
public static class KnownTasks
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<LanguageTask> All { get; } =
    [
        new BoolQTask(),
        new CbTask(),
        new CopaTask(),
        new MultiRcTask(),
        new ReCordTask(),
        new RteTask(),
        new WicTask(),
        new WscTask(),
        new CnnDailyMailTask(),
        new XSumTask(),
        new HuatuoTask(),
    ];

    /// <summary>Their names, for messages.</summary>
    internal static string Names => string.Join(", ", All.Select(task => task.Name));

    /// <summary>The task of that name; null where there is none.</summary>
    public static LanguageTask? Find(string name) => All.FirstOrDefault(task => task.Name == name);

    /// <summary>The task that <c>data.task</c> names; null where it is empty.</summary>
    /// <exception cref="ConfigurationException">It names none of ours.</exception>
    internal static LanguageTask? OfSetting(string name) => name.Length == 0 ? null : Find(name) ?? throw new ConfigurationException("data.task", Unknown(name));

    /// <summary>What is wrong with a name that no task has.</summary>
    internal static string Unknown(string name) => $"'{name}' is none of {Names}.";
}
