using FlGlm.Client.Tasks.Generation;
using FlGlm.Client.Tasks.SuperGlue;

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

    /// <summary>The task of that name; null where there is none.</summary>
    public static LanguageTask? Find(string name) => All.FirstOrDefault(task => task.Name == name);
}
